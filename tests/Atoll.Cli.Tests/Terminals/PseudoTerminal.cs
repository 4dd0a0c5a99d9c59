using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Cli.Tests.Terminals;

/// <summary>A terminal of the test's own, and programs run in it as its session's leader: pty(7).</summary>
internal sealed unsafe partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const nuint SetWindowSize = 0x5414;

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _slave;
    private readonly StringBuilder _seen = new();

    public PseudoTerminal()
    {
        _master = new(Check(OpenPt(ReadWrite | NoControllingTerminal)), ownsHandle: true);
        Check(Grant(_master));
        Check(Unlock(_master));
        Path = Marshal.PtrToStringUTF8((nint)SlaveName(_master))!;
        // Held open, so that what the program leaves behind can be looked at after its end.
        _slave = new(Check(Open(Path, ReadWrite | NoControllingTerminal)), ownsHandle: true);
        Resize(100, 30);
        var reader = new Thread(Read) { IsBackground = true };
        reader.Start();
    }

    public string Path { get; }

    /// <summary>All that was written to the terminal so far.</summary>
    public string Seen
    {
        get
        {
            lock (_seen) return _seen.ToString();
        }
    }

    /// <summary>The terminal's settings, to be compared.</summary>
    public byte[] Settings()
    {
        var settings = new byte[60];
        fixed (byte* bytes = settings) Check(GetSettings(_slave, bytes));
        return settings;
    }

    public void Type(ReadOnlySpan<byte> keys)
    {
        fixed (byte* bytes = keys) Check((int)Write(_master, bytes, (nuint)keys.Length));
    }

    public void Resize(ushort columns, ushort rows)
    {
        ushort* size = stackalloc ushort[] { rows, columns, 0, 0 };
        Check(Ioctl(_master, SetWindowSize, size));
    }

    /// <summary>setsid gives the program this terminal for its own, so that signals of keys and sizes reach it.</summary>
    public Process Start(Dictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo("sh", ["-c", "exec setsid --ctty --wait \"$@\" <>\"$0\" >&0 2>&0", Path, .. command]);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["TERM"] = "xterm";
        return Process.Start(start)!;
    }

    public void Dispose()
    {
        _slave.Dispose();
        _master.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[4096];
        while (true)
        {
            nint count;
            fixed (byte* bytes = buffer) count = ReadCall(_master.DangerousGetHandle().ToInt32(), bytes, (nuint)buffer.Length);
            if (count <= 0) return;
            lock (_seen) _seen.Append(Encoding.UTF8.GetString(buffer, 0, (int)count));
        }
    }

    private static int Check(int answer) => answer >= 0 ? answer : throw new IOException(Marshal.GetLastPInvokeErrorMessage());

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenPt(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname", SetLastError = true)]
    private static partial byte* SlaveName(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetSettings(SafeFileHandle terminal, byte* settings);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle terminal, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCall(int terminal, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle terminal, nuint request, ushort* size);
}

using System.Runtime.InteropServices;

namespace Atoll.Cli.Native;

/// <summary>A terminal's settings, and its size: termios(3), tty_ioctl(4).</summary>
internal static unsafe partial class Termios
{
    // TCSADRAIN: after what was written has gone out.
    private const int Drain = 1;

    // TIOCGWINSZ of asm-generic/ioctls.h: the same on x86-64 and arm64.
    private const nuint GetWindowSize = 0x5413;

    /// <exception cref="IOException">The descriptor is no terminal.</exception>
    public static Modes Get(int descriptor)
    {
        Modes settings;
        if (TcGetAttr(descriptor, &settings) != 0) throw Failed("tcgetattr");
        return settings;
    }

    public static void Set(int descriptor, Modes settings)
    {
        if (TcSetAttr(descriptor, Drain, &settings) != 0) throw Failed("tcsetattr");
    }

    /// <summary>The same settings with every key passed on as it is typed: no echo, no lines, no signals.</summary>
    public static Modes Raw(Modes settings)
    {
        CfMakeRaw(&settings);
        return settings;
    }

    /// <summary>Columns and rows, or null when the descriptor is no terminal or does not know.</summary>
    public static (int Columns, int Rows)? Size(int descriptor)
    {
        WinSize size;
        return Ioctl(descriptor, GetWindowSize, &size) == 0 && size is { Columns: > 0, Rows: > 0 } ? (size.Columns, size.Rows) : null;
    }

    private static IOException Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int TcGetAttr(int descriptor, Modes* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int TcSetAttr(int descriptor, int when, Modes* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void CfMakeRaw(Modes* settings);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, WinSize* size);

    /// <summary>glibc's struct termios (60 bytes on Linux); kept as it came, never looked into.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 60)]
    internal struct Modes;

    private struct WinSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelWidth;
        public ushort PixelHeight;
    }
}

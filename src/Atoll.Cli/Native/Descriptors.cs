using System.Runtime.InteropServices;

namespace Atoll.Cli.Native;

/// <summary>read, write, poll and isatty on the standard streams.</summary>
internal static unsafe partial class Descriptors
{
    public const int Stdin = 0;
    public const int Stdout = 1;
    public const int Stderr = 2;

    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int Eintr = 4;
    private const int Eio = 5;
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int Eagain = 11;
    private const int Epipe = 32;

    /// <summary>
    /// Whether we were started with a stdin. Without one (<c>&lt;&amp;-</c>) the number is not free: the runtime has opened something of its own there, such as the kernel's random bytes. What it
    /// opens is closed on exec, and what was handed to us cannot have been.
    /// </summary>
    public static bool HasStdin { get; } = Control(Stdin, GetFlags) is var flags and >= 0 && (flags & CloseOnExec) == 0;

    public static bool IsTerminal(int descriptor) => IsATty(descriptor) == 1;

    /// <summary>
    /// Writes all of it. Plain write(2), because .NET's streams hide a closed pipe (console) or write at an offset of their own (file), which
    /// tears output apart when stdout and stderr are one file.
    /// </summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    /// <exception cref="IOException">Any other failure, such as a full disk.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes) written = WriteCall(descriptor, start, (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Eintr:
                    break;
                case Eagain:
                    var wait = new PollEntry { Descriptor = descriptor, Events = PollOut };
                    _ = Poll(&wait, 1, -1);
                    break;
                case Epipe:
                    throw new BrokenPipeException();
                case var error:
                    throw new IOException($"Writing to {(descriptor == Stdout ? "stdout" : "stderr")} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
            }
        }
    }

    /// <summary>
    /// Reads what is there, at most what fits; 0 at the end. Plain read(2), because .NET's console stream reads lines, and changes the terminal's settings for them.
    /// </summary>
    public static int Read(int descriptor, Span<byte> bytes)
    {
        if (descriptor == Stdin && !HasStdin) return 0;
        while (true)
        {
            nint count;
            fixed (byte* start = bytes) count = ReadCall(descriptor, start, (nuint)bytes.Length);
            if (count >= 0) return (int)count;
            switch (Marshal.GetLastPInvokeError())
            {
                case Eintr:
                    break;
                case Eagain:
                    var wait = new PollEntry { Descriptor = descriptor, Events = PollIn };
                    _ = Poll(&wait, 1, -1);
                    break;
                case Eio:
                    // The terminal was hung up.
                    return 0;
                case var error:
                    throw new IOException($"Reading from stdin failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCall(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "isatty", SetLastError = true)]
    private static partial int IsATty(int descriptor);

    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}

namespace Atoll.Machine.Native;

/// <summary>The error numbers that code here tells apart (asm-generic; the same on x86-64 and arm64).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Io = 5;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int TooManyFiles = 23;
    public const int TooManyFilesHere = 24;
    public const int NotForThis = 25;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int BrokenPipe = 32;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;
}

namespace Atoll.Machine.Native;

/// <summary>The error numbers that code here tells apart (asm-generic; the same on x86-64 and arm64).</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int NotImplemented = 38;
}

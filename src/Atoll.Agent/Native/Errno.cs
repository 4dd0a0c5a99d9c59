namespace Atoll.Agent.Native;

/// <summary>The error numbers that the agent tells apart (Linux, asm-generic).</summary>
internal static class Errno
{
    public const int NotFound = 2;
    public const int Interrupted = 4;
    public const int TooBig = 7;
    public const int NotExecutable = 8;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int Exists = 17;
    public const int NotADirectory = 20;
    public const int TextBusy = 26;
    public const int BrokenPipe = 32;
}

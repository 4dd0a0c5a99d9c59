namespace Atoll.Server.Api.Processes.Attaching;

/// <summary>The first byte of each message, and sizes: see docs/protocol-attach.md.</summary>
internal static class AttachFrames
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Control = 3;
    public const byte Terminal = 4;

    /// <summary>Kind and offset before the bytes of a data frame.</summary>
    public const int DataHead = 9;

    public const int MaxMessageBytes = 1024 * 1024;
}

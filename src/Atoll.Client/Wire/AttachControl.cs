namespace Atoll.Client.Wire;

/// <summary>A control message of the server on an attached process's socket; which fields it has depends on its type (docs/protocol-attach.md).</summary>
internal sealed record AttachControl(
    string? Type,
    long? OutputStart,
    long? OutputEnd,
    long? StdinOffset,
    long? Offset,
    long? From,
    long? To,
    int? ExitCode,
    int? Signal,
    bool? TimedOut,
    ProblemReply? Problem);

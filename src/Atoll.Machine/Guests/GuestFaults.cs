using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests;

/// <summary>What an agent says went wrong, in Core's words.</summary>
internal static class GuestFaults
{
    /// <summary>The agent is not trusted: its text is data of bounded length.</summary>
    private const int MaxDetail = 1000;

    public static Fault From(Failure failure, FaultStage stage)
    {
        var (code, side) = Map(failure.Code, stage);
        var detail = failure.Message.Length <= MaxDetail ? failure.Message : failure.Message[..MaxDetail];
        return new Fault(code, side, stage, detail, code is FaultCode.Interrupted ? "Look at what is there before repeating it." : null);
    }

    public static Fault Unreachable(string detail) => new(
        FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, detail,
        "The sandbox may be ending or out of memory: look at its state and try again.");

    public static Fault Broken(FaultStage stage) => new(
        FaultCode.AgentUnreachable, FaultSide.Guest, stage, "The connection into the sandbox broke before the answer was complete.",
        "What was asked for may or may not have happened: look before repeating it.");

    /// <summary>Work that broke off for a connection that broke, and cannot be taken up where it was.</summary>
    public static Fault Interrupted(string detail, string hint) => new(FaultCode.Interrupted, FaultSide.Guest, FaultStage.File, detail, hint);

    public static Fault ListInterrupted => Interrupted("The connection into the sandbox broke before all of it had come.", "Ask again.");

    public static Fault Silent(FaultStage stage) => new(
        FaultCode.AgentUnreachable, FaultSide.Guest, stage, "The sandbox's agent has stopped answering: it was stopped from inside, or the sandbox has no memory or CPU time left.",
        "What was asked for may or may not have happened. If it does not answer again, delete the sandbox.");

    public static Fault NotListening(int port) => new(
        FaultCode.PortNotListening, FaultSide.Guest, FaultStage.Network, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Nothing in the sandbox listens on port {port}."),
        "Start the program that should, and see the sandbox's ports.");

    public static Fault Unexpected(FaultStage stage) => new(FaultCode.GuestFailure, FaultSide.Guest, stage, "The sandbox's agent gave an answer that does not belong to the question.");

    private static (FaultCode Code, FaultSide Side) Map(FailureCode code, FaultStage stage) => code switch
    {
        FailureCode.InvalidRequest => (FaultCode.InvalidRequest, FaultSide.Caller),
        FailureCode.InvalidPath => (FaultCode.InvalidPath, FaultSide.Caller),
        FailureCode.NotFound => (stage == FaultStage.File ? FaultCode.FileNotFound : FaultCode.NotFound, FaultSide.Caller),
        FailureCode.Exists => (FaultCode.FileExists, FaultSide.Caller),
        FailureCode.IsADirectory => (FaultCode.IsADirectory, FaultSide.Caller),
        FailureCode.NotADirectory => (FaultCode.NotADirectory, FaultSide.Caller),
        FailureCode.NotEmpty => (FaultCode.DirectoryNotEmpty, FaultSide.Caller),
        FailureCode.NotARegularFile => (FaultCode.NotARegularFile, FaultSide.Caller),
        FailureCode.PermissionDenied => (FaultCode.PermissionDenied, FaultSide.Guest),
        FailureCode.NoSpace => (FaultCode.NoSpace, FaultSide.Guest),
        FailureCode.TooLarge => (FaultCode.TooLarge, FaultSide.Caller),
        FailureCode.TooMany => (FaultCode.TooMany, FaultSide.Guest),
        FailureCode.UserNotFound => (FaultCode.UserNotFound, FaultSide.Caller),
        FailureCode.CommandNotFound => (FaultCode.CommandNotFound, FaultSide.Caller),
        FailureCode.CommandNotExecutable => (FaultCode.CommandNotExecutable, FaultSide.Caller),
        FailureCode.WorkingDirectoryInvalid => (FaultCode.WorkingDirectoryInvalid, FaultSide.Caller),
        FailureCode.ProcessNotFound => (FaultCode.ProcessNotFound, FaultSide.Caller),
        FailureCode.ProcessEnded => (FaultCode.ProcessEnded, FaultSide.Caller),
        FailureCode.Interrupted => (FaultCode.Interrupted, FaultSide.Guest),
        FailureCode.OffsetLost => (FaultCode.OffsetLost, FaultSide.Caller),
        FailureCode.PortNotListening => (FaultCode.PortNotListening, FaultSide.Guest),
        _ => (FaultCode.GuestFailure, FaultSide.Guest),
    };
}

using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code.Running;

/// <summary>What a caller is told about code that cannot be run.</summary>
internal static class CodeFaults
{
    public static Fault NoContext(string context) => new(
        FaultCode.CodeContextNotFound, FaultSide.Caller, FaultStage.Lookup, $"This sandbox has no code context '{context}'.", "List its contexts to see their ids and names.");

    public static Fault QueueFull(string context, int length) => new(
        FaultCode.TooMany, FaultSide.Caller, FaultStage.Process, $"{length} executions are already waiting for context '{context}'.", "Try again later, or run the code in a context of its own (option Code:QueueLength).");

    public static Fault TooManyContexts(int most) => new(
        FaultCode.TooMany, FaultSide.Caller, FaultStage.Process, $"This sandbox has {most} code contexts, which is the most one may have.", "Delete one first (option Code:MaxContexts).");

    public static Fault NoInterpreter(string program) => new(
        FaultCode.CommandNotFound, FaultSide.Guest, FaultStage.Process, $"This sandbox has no '{program}', which runs such code.", "Create it from a template that has it, such as 'default', or install it.");

    public static Fault DidNotStart(string program, ExitStatus? status, string said) => new(
        FaultCode.GuestFailure, FaultSide.Guest, FaultStage.Process,
        $"The interpreter '{program}' {(status is null ? "did not begin with the code in time and was ended" : $"ended with {status.Code} before it ran anything")}{(said.Length == 0 ? "." : $": {said}")}",
        "Look at the sandbox's memory and load (option Code:StartSeconds), and whether the program runs there by itself.");

    /// <summary>What a start that failed means for the caller.</summary>
    public static Fault OfStart(Fault fault, string program) => fault.Code is FaultCode.CommandNotFound ? NoInterpreter(program) : fault;
}

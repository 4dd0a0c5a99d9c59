using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>A call that is done once: the connection that it came with first, and what came of it.</summary>
internal sealed class OnceCall(CallContext context)
{
    public ulong Id { get; } = context.Call.Id;

    /// <summary>Null once it is over.</summary>
    public CallContext? Context { get; set; } = context;

    /// <summary>Null: it broke off before it came to anything.</summary>
    public TaskCompletionSource<Output?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the kept answer takes.</summary>
    public int Bytes { get; set; }
}

namespace Atoll.Agent.Processes.Input;

/// <summary>One call's bytes for a process: how many of them are with it already, should the call come again. Changed only in the writer's turn.</summary>
internal sealed class StdinWrite(ulong id)
{
    public ulong Id { get; } = id;

    public long Delivered { get; set; }

    /// <summary>The end of input that it asked for was given.</summary>
    public bool Ended { get; set; }
}

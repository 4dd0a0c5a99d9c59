namespace Atoll.Agent.Processes.Input;

internal enum StdinResult
{
    Written,

    /// <summary>The offset lies beyond what was written: bytes in between are missing.</summary>
    Gap,

    /// <summary>The process has ended, has closed its stdin, or it was ended by an earlier call.</summary>
    Closed,
}

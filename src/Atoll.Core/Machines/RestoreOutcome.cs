using Atoll.Core.Faults;

namespace Atoll.Core.Machines;

/// <summary>What became of a restore.</summary>
/// <param name="Fault">Null: it runs, restored.</param>
/// <param name="Untouched">With a fault: nothing had been taken apart yet, and the sandbox goes on as before. Else its processes are gone, or have to go; its disk is what it was, or the restored one.</param>
public sealed record RestoreOutcome(Fault? Fault, bool Untouched)
{
    public static RestoreOutcome Restored { get; } = new(null, false);
}

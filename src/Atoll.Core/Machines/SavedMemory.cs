using System.Collections.Immutable;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>What a saved memory consists of. Data: no limit, mount, address or team is in it.</summary>
/// <param name="Origin">What it is called where it was saved.</param>
/// <param name="Runtime">The version line of the runtime that saved it, which alone can read it.</param>
/// <param name="Agent">SHA-256 of the agent's program that runs in it, which is its file <see cref="AgentFile"/>; in lower-case hexadecimal.</param>
/// <param name="Token">Opens that agent, until it is given another.</param>
/// <param name="Files">At least two; at most <see cref="MostFiles"/>.</param>
public sealed record SavedMemory(CheckpointId Origin, string Runtime, string Agent, byte[] Token, ImmutableArray<SavedMemoryFile> Files)
{
    public const string AgentFile = "agent";

    /// <summary>Of any runtime: gVisor has three, and the agent.</summary>
    public const int MostFiles = 16;

    public const int TokenBytes = 32;
}

using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// What it takes to find a live sandbox again after this server was restarted. Kept in a file of its own under the run-time directory, which a restart of the host
/// clears, as it clears the processes. Holds the agent's token: the file is 0600 in a 0700 directory.
/// </summary>
/// <param name="Slot">The network slot's number.</param>
/// <param name="Token">32 bytes that open the agent.</param>
internal sealed record SandboxRecord(SandboxId Id, IsolationKind Isolation, int Slot, byte[] Token, RunningInit Init);

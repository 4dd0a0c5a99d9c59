using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Runtimes;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>A created sandbox of gVisor's that has started nothing: a sentry and its gofer, in cgroups and a run directory of its own, over an empty root filesystem, with no network.</summary>
/// <param name="Id">Nobody's: a server that finds it at its start sweeps it.</param>
/// <param name="Gofer">Its file server's process.</param>
internal sealed record Vessel(SandboxId Id, RunDirectory Directory, RunningInit Sentry, int Gofer);

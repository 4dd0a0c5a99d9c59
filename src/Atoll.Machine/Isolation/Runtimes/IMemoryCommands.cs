using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// How a runtime saves a sandbox's memory. Holding nests: a save within it ends with everything still standing, and what it wrote does not know that it was held. Commands of the runtime's own
/// log to <see cref="RunDirectory.MemoryLog"/>, but for <see cref="Restore"/>.
/// </summary>
internal interface IMemoryCommands
{
    /// <summary>Everything in it stands still when this returns; <see cref="RunDirectory.Held"/> says so from before it may.</summary>
    /// <param name="run">Runs a command to its end.</param>
    Task<Result<Done>> HoldAsync(RunDirectory directory, SandboxId id, Func<IReadOnlyList<string>, Task<Result<Done>>> run);

    /// <summary>Lets it go on, if <see cref="RunDirectory.Held"/> says that it may be standing still, and takes that note away. Does nothing without one.</summary>
    /// <param name="run">Runs a command to its end.</param>
    Task<Result<Done>> ReleaseAsync(RunDirectory directory, SandboxId id, Func<IReadOnlyList<string>, Task<Result<Done>>> run);

    /// <summary>Writes its memory into an empty folder, and leaves it as it is. The fault has what the runtime said.</summary>
    /// <param name="run">Runs a command to its end.</param>
    Task<Result<Done>> SaveAsync(RunDirectory directory, SandboxId id, string image, Func<IReadOnlyList<string>, Task<Result<Done>>> run);

    /// <summary>Makes a sandbox that goes on from there, and then returns.</summary>
    IReadOnlyList<string> Restore(RunDirectory directory, SandboxId id, string image);
}

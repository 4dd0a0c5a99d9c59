using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// gVisor's. Saved uncompressed, which is several times as fast, and puts memory into a file of its own (20240729), written past the page cache, so that it is with the disk when it is saved. Held and released by the sentry's control socket where it is found, which
/// spares two programs; else by runsc, which notes for itself whether a sandbox is paused. The sentry does not: one resume too many ends it, so the note of ours says how far we had come.
/// </summary>
/// <param name="call">Completes a command: run directory, log, and what is to be done.</param>
/// <param name="limit">For a call to the sentry.</param>
/// <param name="saveLimit">For saving by one.</param>
/// <param name="known">What this version takes to save and restore is known, and it may be asked itself.</param>
/// <param name="direct">This version can be told to write past the page cache.</param>
internal sealed class RunscMemoryCommands(RunscMemoryCommands.Complete call, TimeSpan limit, TimeSpan saveLimit, bool known, bool direct) : IMemoryCommands
{
    /// <summary>What the program sends; the files are those of <see cref="ImageFiles"/>, in that order.</summary>
    private const string SaveArgument =
        """{"key":null,"metadata":{"compression":"none"},"MemoryFileSaveOpts":{"ExcludeCommittedZeroPages":false},"have_pages_file":true,"Resume":true}""";


    private const string ByCommand = "by command";
    private const string Asking = "asking";
    private const string Held = "held";
    private const string Releasing = "releasing";

    public delegate IReadOnlyList<string> Complete(RunDirectory directory, string log, params ReadOnlySpan<string> command);

    public async Task<Result<Done>> HoldAsync(RunDirectory directory, SandboxId id, Func<IReadOnlyList<string>, Task<Result<Done>>> run)
    {
        if (RunscControl.Find(directory, id, limit) is not { } control)
        {
            File.WriteAllText(directory.Held, ByCommand);
            return await run(call(directory, directory.MemoryLog, "pause", id.Value));
        }

        File.WriteAllText(directory.Held, Asking);
        var held = await control.CallAsync(RunscControl.Pause);
        if (held.Succeeded) File.WriteAllText(directory.Held, Held);
        return held;
    }

    public async Task<Result<Done>> ReleaseAsync(RunDirectory directory, SandboxId id, Func<IReadOnlyList<string>, Task<Result<Done>>> run)
    {
        if (!File.Exists(directory.Held)) return Done.Value;
        var note = File.ReadAllText(directory.Held);
        var released = note == ByCommand || RunscControl.Find(directory, id, limit) is not { } control
            ? await run(call(directory, directory.MemoryLog, "resume", id.Value))
            : await ReleaseAsync(directory, control, certain: note == Held);
        if (released.Succeeded) File.Delete(directory.Held);
        return released;
    }

    public async Task<Result<Done>> SaveAsync(RunDirectory directory, SandboxId id, string image, Func<IReadOnlyList<string>, Task<Result<Done>>> run)
    {
        if (!known || RunscControl.Find(directory, id, saveLimit) is not { } control)
        {
            return await run(call(directory, directory.MemoryLog, ["checkpoint", "--leave-running", "--compression=none", .. direct ? (string[])["--direct"] : [], $"--image-path={image}", id.Value]));
        }

        using var files = ImageFiles.Create(image);
        return await control.CallAsync(RunscControl.Checkpoint, SaveArgument, files.InOrder);
    }

    public IReadOnlyList<string> Restore(RunDirectory directory, SandboxId id, string image) =>
        call(directory, directory.Log, "restore", "--detach", $"--bundle={directory.Bundle}", $"--pid-file={directory.PidFile}", $"--image-path={image}", id.Value);

    /// <param name="certain">It is held, and nobody has released it. Else a server died between asking and hearing the answer: its tasks tell.</param>
    private static async Task<Result<Done>> ReleaseAsync(RunDirectory directory, RunscControl control, bool certain)
    {
        if (!certain)
        {
            if (!(await control.IsPausedAsync()).TryGet(out var paused, out var fault)) return fault;
            if (!paused) return Done.Value;
        }

        File.WriteAllText(directory.Held, Releasing);
        return await control.CallAsync(RunscControl.Resume);
    }
}

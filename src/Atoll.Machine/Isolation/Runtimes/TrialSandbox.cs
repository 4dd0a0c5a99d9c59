using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>What a runtime starts to show that it works here: a sandbox that has nothing but a program of 129 bytes. Its folder is gone when it is disposed.</summary>
internal sealed class TrialSandbox : IDisposable
{
    private readonly string _folder;

    private TrialSandbox(string folder, LaunchPlan plan) => (_folder, Plan) = (folder, plan);

    public LaunchPlan Plan { get; }

    /// <param name="below">A folder on the kind of file system on which sandboxes are to run.</param>
    public static async Task<TrialSandbox> CreateAsync(string below, CancellationToken cancellation)
    {
        var id = SandboxId.New();
        var folder = Path.Combine(below, "atoll-probe-" + id);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        var guest = Directory.CreateDirectory(Path.Combine(folder, "guest")).FullName;
        var program = Path.Combine(guest, "wait");
        await File.WriteAllBytesAsync(program, ProbeProgram.Build(), cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new TrialSandbox(folder, new LaunchPlan(
            id, root, "", "probe", new SandboxLimits(1, 256, 16, 64), [$"{LaunchPlan.GuestMountPoint}/wait"], [], guest, "127.0.0.1"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>What a runtime starts to show that it works here: a sandbox that has nothing but a program of 129 bytes. Its folder is gone when it is disposed.</summary>
internal sealed class TrialSandbox : IDisposable
{
    private readonly TrialFolder _folder;

    private TrialSandbox(TrialFolder folder, LaunchPlan plan) => (_folder, Plan) = (folder, plan);

    public LaunchPlan Plan { get; }

    /// <param name="below">Folders on the kind of file system on which sandboxes are to run, the likeliest first.</param>
    /// <exception cref="IOException">It can be made in none of them.</exception>
    public static async Task<TrialSandbox> CreateAsync(IReadOnlyList<string> below, ILogger log, CancellationToken cancellation)
    {
        var id = SandboxId.New();
        var folder = TrialFolder.Create(below, id.Value, log);
        try
        {
            var root = Directory.CreateDirectory(Path.Combine(folder.Path, "root")).FullName;
            var guest = Directory.CreateDirectory(Path.Combine(folder.Path, "guest")).FullName;
            var program = Path.Combine(guest, "wait");
            await File.WriteAllBytesAsync(program, ProbeProgram.Build(), cancellation);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return new TrialSandbox(folder, new LaunchPlan(
                id, root, "", "probe", new SandboxLimits(1, 256, 16, 64), [$"{LaunchPlan.GuestMountPoint}/wait"], [], guest, "127.0.0.1"));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Dispose();
}

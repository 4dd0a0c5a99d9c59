using Atoll.Machine.Hosting;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>What the tests' sandboxes run: busybox as the root filesystem, and <c>probe.c</c>, compiled once per test run, as the guest folder.</summary>
public sealed class GuestKit : IAsyncLifetime
{
    private readonly Scratch _scratch = new();

    public string GuestFolder => _scratch.PathOf("guest");

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/bin/busybox")) return;
        Directory.CreateDirectory(GuestFolder);
        var source = Path.Combine(AppContext.BaseDirectory, "Isolation", "probe.c");
        var compiled = await HostCommand.RunAsync(["gcc", "-O1", "-static", "-o", Path.Combine(GuestFolder, "probe"), source], TimeSpan.FromSeconds(60), default);
        Assert.True(compiled.Succeeded, compiled.Summary);
    }

    /// <summary>A root filesystem with busybox and nothing else: no /dev, /proc, /etc.</summary>
    public async Task<string> MakeRootAsync(string path)
    {
        Directory.CreateDirectory(Path.Combine(path, "bin"));
        Directory.CreateDirectory(Path.Combine(path, "tmp"));
        Directory.CreateDirectory(Path.Combine(path, "out"));
        File.Copy("/bin/busybox", Path.Combine(path, "bin", "busybox"));
        var applets = await HostCommand.RunAsync(["/bin/busybox", "--list"], TimeSpan.FromSeconds(5), default);
        foreach (var applet in applets.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "busybox"))
        {
            File.CreateSymbolicLink(Path.Combine(path, "bin", applet), "busybox");
        }

        return path;
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }
}

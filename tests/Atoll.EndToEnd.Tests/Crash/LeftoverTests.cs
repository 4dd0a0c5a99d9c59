using System.Diagnostics;
using System.Net;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class LeftoverTests : CrashTest
{
    // Of the form of ids, and in no database.
    private const string Stray = "s00000000000000stray0";

    [Fact]
    public async Task Start_WithThingsNobodyOwns_SweepsThemAndNothingElse()
    {
        await StartAsync();
        var kept = new[] { await CreateAsync(GVisor), await CreateAsync(Container) };
        await Server.StopAsync(Cancellation);
        string[] strays =
        [
            Path.Combine(Server.RuntimeDirectory, "guests", Stray),
            Path.Combine(Server.RuntimeDirectory, "runc", Stray),
            Path.Combine(Server.RuntimeDirectory, "runsc", Stray, "state"),
            .. Directory.GetDirectories("/sys/fs/cgroup", Server.Instance, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Select(root => Path.Combine(root, Stray)),
        ];
        foreach (var stray in strays) Directory.CreateDirectory(stray);
        await File.WriteAllTextAsync(Path.Combine(Server.RuntimeDirectory, "guests", Stray, "boot"), "old", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Server.RuntimeDirectory, "sandboxes", Stray + ".json"), "{\"id\":", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Server.RuntimeDirectory, "sandboxes", Stray + ".json.new"), "", Cancellation);
        var pool = Path.Combine(Server.StateDirectory, "pool", "sandboxes");
        await RunAsync("btrfs", "subvolume", "create", Path.Combine(pool, Stray));
        await File.WriteAllTextAsync(Path.Combine(pool, Stray, "data"), "old", Cancellation);
        await RunAsync("ip", "link", "add", Server.Instance + "-999", "type", "veth", "peer", "name", Server.Instance + "-peer");
        await File.WriteAllTextAsync(Path.Combine(Server.RuntimeDirectory, "netns", Server.Instance + "-998"), "", Cancellation);
        var stranger = Directory.CreateDirectory(Path.Combine(Server.StateDirectory, "pool", "not-ours")).FullName;

        await StartAsync();
        await AssertNothingLeftAsync(Stray);
        Assert.Empty(Holdings.Besides(Server, kept));
        var (interfaces, namespaces) = Holdings.Slots(Server);
        Assert.DoesNotContain(Server.Instance + "-999", interfaces);
        Assert.DoesNotContain(Server.Instance + "-998", namespaces);
        Assert.True(Directory.Exists(stranger));
        foreach (var id in kept) await ShellAsync(id, "true");
    }

    [Fact]
    public async Task Sweep_OfOneInstallation_LeavesTheOtherAndItsSandboxesAlone()
    {
        await StartAsync();
        var kept = new[] { await CreateAsync(GVisor), await CreateAsync(Container) };
        await using var other = new RealServer();
        await other.PrepareAsync(Cancellation, "minimal");
        await other.StartAsync(Cancellation);
        using var api = new Api(other.Url, other.ApiKey);
        await api.CreateAsync(Body(GVisor), Cancellation);
        await api.CreateAsync(Body(Container), Cancellation);

        var (code, output) = await other.RunAsync(["sweep", "--all"], Cancellation);
        Assert.NotEqual(0, code);
        Assert.Contains(other.StateDirectory, output);
        Assert.DoesNotContain("   at ", output);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/v1/sandboxes", Cancellation)).Status);

        await other.KillAsync(Cancellation);
        (code, output) = await other.RunAsync(["sweep", "--all"], Cancellation);
        Assert.True(code == 0, output);
        Assert.Empty(HostTraces.Of(other));
        Assert.False(Directory.Exists(other.StateDirectory), other.StateDirectory);
        Assert.False(Directory.Exists(other.RuntimeDirectory), other.RuntimeDirectory);
        foreach (var id in kept) await ShellAsync(id, "ip -4 addr show dev eth0 | grep inet");
        await CreateAsync(Container);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, error);
    }
}

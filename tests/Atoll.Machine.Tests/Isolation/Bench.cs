using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Runtimes;
using Atoll.Machine.Isolation.Vessels;
using Atoll.Machine.Isolation.Watching;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>One runtime with an instance, a network namespace and folders of its own; whatever it started is removed at the end.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch = new();
    private readonly GuestKit _kit;
    private readonly ServiceProvider _services;
    private readonly List<SandboxId> _started = [];

    private readonly ContainerLauncher _launcher;

    private Bench(GuestKit kit, IsolationKind kind, ContainerLauncher launcher, bool vessels)
    {
        (_kit, _launcher) = (kit, launcher);
        _services = Provide(_scratch, launcher, vessels);
        Runtime = _services.GetRequiredKeyedService<ISandboxRuntime>(kind);
        Kind = kind;
    }

    public ISandboxRuntime Runtime { get; }

    public IsolationKind Kind { get; }

    /// <summary>Where the bench was made with them.</summary>
    public VesselStock Vessels => (VesselStock)_services.GetRequiredService<IVessels>();

    public SandboxCgroups Cgroups => _services.GetRequiredService<SandboxCgroups>();

    public IExitWatcher Exits => _services.GetRequiredService<IExitWatcher>();

    public ToldKills Kills => _services.GetRequiredService<ToldKills>();

    public string Folder => _scratch.Folder;

    public string RunFolder => _scratch.PathOf("run");

    public string Instance => _scratch.Instance;

    /// <exception cref="Exception">The test is skipped where the runtime does not work.</exception>
    public static async Task<Bench> CreateAsync(GuestKit kit, IsolationKind kind, ContainerLauncher launcher = ContainerLauncher.Builtin, bool vessels = false)
    {
        Requires.Root();
        Requires.Tool("busybox");
        Requires.Tool("gcc");
        Requires.Tool("ip");
        var bench = new Bench(kit, kind, launcher, vessels);
        var support = await bench.Runtime.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(support.Available, $"needs {kind}: {support.Missing}");
        Assert.SkipWhen(kind is IsolationKind.Container && launcher is ContainerLauncher.Builtin && !support.Runtime!.StartsWith("atoll-launcher", StringComparison.Ordinal), $"needs our own launcher: {support.Runtime}");
        await bench.IpAsync("netns", "add", bench.Instance);
        await bench.IpAsync("-n", bench.Instance, "link", "set", "lo", "up");

        // As every slot has it.
        await bench.IpAsync("netns", "exec", bench.Instance, "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start");
        return bench;
    }

    /// <summary>Another server process on the same installation, as after a restart.</summary>
    public ServiceProvider Again(ContainerLauncher? launcher = null) => Provide(_scratch, launcher ?? _launcher, vessels: false);

    public Task<string> MakeRootAsync(string name) => _kit.MakeRootAsync(_scratch.PathOf(name));

    public LaunchPlan Plan(string root, params string[] argv) => new(
        SandboxId.New(), root, $"/run/netns/{Instance}", "box", new SandboxLimits(1, 256, 64, 256), [.. argv], ["PATH=/bin", "HOME=/"], _kit.GuestFolder, "192.0.2.53");

    /// <summary>A plan whose process 1 is one that cannot be traced and starts the shell script; what the script prints is in <see cref="ReadAsync"/>.</summary>
    public LaunchPlan Script(string root, string script) =>
        Plan(root, $"{LaunchPlan.GuestMountPoint}/probe", "init", "/bin/sh", "-c", $"({script}) >/out/text 2>&1; echo $? >/out/.status; mv /out/.status /out/status");

    public async Task<RunningInit> StartAsync(LaunchPlan plan, CancellationToken? cancellation = null)
    {
        _started.Add(plan.Id);
        var started = await Runtime.StartAsync(plan, cancellation ?? TestContext.Current.CancellationToken);
        Assert.True(started.Succeeded, started.Fault?.ToString());
        return started.Value;
    }

    /// <summary>Runs a script as a sandbox of its own and returns what it printed.</summary>
    public async Task<string> RunAsync(string script, Func<LaunchPlan, LaunchPlan>? change = null, string? root = null)
    {
        root ??= await MakeRootAsync("root" + Guid.NewGuid().ToString("N")[..8]);
        var plan = Script(root, script);
        plan = change?.Invoke(plan) ?? plan;
        await StartAsync(plan);
        var text = await ReadAsync(root);
        Assert.True((await Runtime.RemoveAsync(plan.Id, TestContext.Current.CancellationToken)).Succeeded);
        return text;
    }

    public static async Task<string> ReadAsync(string root)
    {
        await Eventually.HoldsAsync("the script inside had ended", () => File.Exists(Path.Combine(root, "out", "status")), TestContext.Current.CancellationToken);
        return await File.ReadAllTextAsync(Path.Combine(root, "out", "text"));
    }

    /// <summary>Everything of one sandbox that could be left on this host.</summary>
    public IReadOnlyList<string> TracesOf(SandboxId id) =>
    [
        .. CgroupMounts.Read().All.Select(mount => Path.Combine(mount, Instance, id.Value)).Where(Directory.Exists),
        .. Directory.Exists(RunFolder) ? Directory.EnumerateFileSystemEntries(RunFolder, "*" + id + "*", SearchOption.AllDirectories) : [],
        .. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(id.Value, StringComparison.Ordinal)),
        .. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _) && CommandLine(folder).Contains(id.Value, StringComparison.Ordinal)),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _started) await Runtime.RemoveAsync(id, CancellationToken.None);
        await IpAsync("netns", "del", Instance);
        await _services.DisposeAsync();
        var parents = CgroupMounts.Read().All.Select(mount => Path.Combine(mount, Instance)).Where(Directory.Exists).ToArray();
        _scratch.Dispose();
        Assert.Empty(parents);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static ServiceProvider Provide(Scratch scratch, ContainerLauncher launcher, bool vessels)
    {
        var services = Services(scratch, launcher);
        return (vessels ? services.AddVessels() : services).BuildServiceProvider();
    }

    private static IServiceCollection Services(Scratch scratch, ContainerLauncher launcher) => new ServiceCollection()
        .AddLogging()
        .Configure<MachineOptions>(options =>
        {
            options.Instance = scratch.Instance;
            options.RuntimeDirectory = scratch.PathOf("run");
            options.StateDirectory = scratch.PathOf("state");
        })
        .Configure<IsolationOptions>(options => options.ContainerLauncher = launcher)
        .AddSandboxIsolation();

    private Task IpAsync(params string[] arguments) => ToolAsync(["ip", .. arguments]);

    public async Task ToolAsync(params string[] argv)
    {
        var result = await HostCommand.RunAsync(argv, ToolLimit, CancellationToken.None);
        Assert.True(result.Succeeded, result.Summary);
    }
}

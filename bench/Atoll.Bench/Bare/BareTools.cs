using System.Collections.Immutable;
using System.Globalization;
using Atoll.Bench.Installing;

namespace Atoll.Bench.Bare;

/// <summary>
/// What the figures are held against: <c>runc</c>, <c>runsc</c> and <c>bwrap</c>, each over a root filesystem of its own that was copied (by reference) from the
/// templates of the installation, within its pool: the same files on the same storage.
/// </summary>
internal sealed class BareTools : IAsyncDisposable
{
    /// <summary>As the server calls it; see <c>RunscEngine</c> there.</summary>
    private static readonly ImmutableArray<string> RunscFlags = ["--platform=systrap", "--overlay2=none", "--network=sandbox", "--host-uds=none", "--ignore-cgroups=false"];
    private static readonly ImmutableArray<string> RunscFlagsWhereKnown = ["--net-disconnect-ok", "--oci-seccomp", "--allow-suid"];

    /// <summary>Releases of gVisor up to 2024 take any namespace of a newer kernel, which shows this file in each, for the host's own, and refuse.</summary>
    private const string MisleadingPath = "/proc/sys/net";
    private const string MisleadingFile = "/proc/sys/net/core/rmem_default";

    private readonly Installation _installation;
    private readonly string _folder;
    private readonly string _errors;
    private readonly string _minimalBundles;
    private int _last;

    private BareTools(Installation installation, BareTool runc, BareTool? runsc, string? bwrap)
    {
        (_installation, Runc, Runsc, Bwrap) = (installation, runc, runsc, bwrap);
        _folder = Directory.CreateDirectory(Path.Combine(installation.Folder, "bare")).FullName;
        _errors = Path.Combine(_folder, "errors");
        _minimalBundles = Path.Combine(_folder, "bundles");
        Minimal = Path.Combine(installation.PoolDirectory, "bench", "minimal");
        Default = Path.Combine(installation.PoolDirectory, "bench", "default");
    }

    public BareTool Runc { get; }

    /// <summary>Null: not installed here.</summary>
    public BareTool? Runsc { get; }

    /// <summary>Its version; null: not installed here.</summary>
    public string? Bwrap { get; }

    /// <summary>A root filesystem like that of a <c>minimal</c> sandbox.</summary>
    public string Minimal { get; }

    /// <summary>A root filesystem like that of a <c>default</c> sandbox.</summary>
    public string Default { get; }

    public static async Task<BareTools> PrepareAsync(Installation installation)
    {
        var state = Path.Combine(installation.Folder, "bare", "state");
        var runc = new BareTool("runc", await VersionAsync("runc") ?? throw new InvalidOperationException("runc is not installed."), ["runc", "--root", state + "-runc"], null);
        BareTool? runsc = null;
        if (await VersionAsync("runsc") is { } version)
        {
            var (_, flags) = await HostTool.TryAsync(["runsc", "flags"]);
            var known = flags.Split('\n').Select(line => "-" + line.Trim().Split(' ')[0]).ToHashSet();
            runsc = new BareTool("runsc", version, ["runsc", $"--root={state}-runsc", .. RunscFlags, .. RunscFlagsWhereKnown.Where(known.Contains)], File.Exists(MisleadingFile) ? MisleadingPath : null);
        }

        var tools = new BareTools(installation, runc, runsc, await VersionAsync("bwrap"));
        foreach (var (template, copy) in new[] { ("minimal", tools.Minimal), ("default", tools.Default) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await HostTool.RunAsync("cp", "-a", "--reflink=auto", Path.Combine(installation.PoolDirectory, "templates", template, "root"), copy);
        }

        return tools;
    }

    /// <summary>Milliseconds of a whole <c>run</c> of <c>/bin/true</c>: made, run, waited for and removed.</summary>
    public Task<double> RunTrueAsync(BareTool tool)
    {
        var id = NextId();
        var bundle = Bundle.Write(Path.Combine(_minimalBundles, id), Minimal, Cgroup(id), "/bin/true");
        return ToolThread.RunAsync(() => Spawn.Time([.. tool.Global, "run", "--bundle", bundle, id], _errors), tool.Hidden);
    }

    /// <summary>Milliseconds of <c>bwrap</c> with every namespace, running <c>/bin/true</c>. It has no cgroup limits and no network.</summary>
    public Task<double> BwrapTrueAsync() =>
        ToolThread.RunAsync(() => Spawn.Time(["bwrap", "--unshare-all", "--bind", Minimal, "/", "--proc", "/proc", "--dev", "/dev", "--die-with-parent", "/bin/true"], _errors), null);

    /// <summary>Milliseconds of a program of the host.</summary>
    public Task<double> TimeAsync(params string[] argv) => ToolThread.RunAsync(() => Spawn.Time(argv, _errors), null);

    /// <summary>A container over <see cref="Default"/> in which nothing happens but what is executed in it.</summary>
    public async Task<BareContainer> HoldAsync(BareTool tool)
    {
        var id = NextId();
        var bundle = Bundle.Write(Path.Combine(_folder, "holders", id), Default, Cgroup(id), "/bin/sleep", "infinity");
        await ToolThread.RunAsync(() => Spawn.Time([.. tool.Global, "run", "--detach", "--bundle", bundle, id], _errors), tool.Hidden);
        return new BareContainer(tool, id, _errors);
    }

    /// <summary>For an image of a sandbox's memory. Null where <c>runsc</c> is not.</summary>
    public BareMemory? Memory() => Runsc is null
        ? null
        : new BareMemory(Runsc, Path.Combine(_folder, "memory"), Path.GetDirectoryName(Minimal)!, "/" + Parent, _errors);

    /// <summary>A cgroup without limits, in the hierarchy that shares out the processors, of either version; made where it is not there.</summary>
    public string ProcessorCgroup()
    {
        const string FirstVersion = "/sys/fs/cgroup/cpu";
        var hierarchy = Directory.Exists(FirstVersion) ? FirstVersion : "/sys/fs/cgroup";
        return Directory.CreateDirectory(Path.Combine(hierarchy, Parent, "outside")).FullName;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hierarchy in HostCgroup.Roots())
        {
            var parent = Path.Combine(hierarchy, Parent);
            if (Directory.Exists(parent)) await HostTool.TryAsync(["find", parent, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]);
        }

        if (Directory.Exists(Path.GetDirectoryName(Minimal))) Directory.Delete(Path.GetDirectoryName(Minimal)!, recursive: true);
    }

    private string Parent => _installation.Instance + "bare";

    private string Cgroup(string id) => $"/{Parent}/{id}";

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"bare{Interlocked.Increment(ref _last)}");

    private static async Task<string?> VersionAsync(string program)
    {
        try
        {
            var (code, output) = await HostTool.TryAsync([program, "--version"]);
            return code == 0 ? output.Split('\n')[0].Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

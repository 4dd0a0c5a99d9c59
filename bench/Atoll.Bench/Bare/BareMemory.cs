using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Atoll.Bench.Installing;

namespace Atoll.Bench.Bare;

/// <summary>
/// What a bare <c>runsc</c> takes to restore, in one step, the very image of a sandbox's memory, and to save what it restored: a copy of the sandbox's disk, its own bundle, its limits, no network.
/// Saved uncompressed and left running, as the server does it, which is several times as quick as the program's default. Nothing is made durable, nothing is checked, nobody calls its agent.
/// </summary>
internal sealed class BareMemory(BareTool tool, string folder, string pool, string cgroups, string errors) : IAsyncDisposable
{
    private const string First = "memory";
    private const string BundleFile = "config.json";
    private JsonNode? _spec;
    private int _last;

    private string Image => Path.Combine(pool, "image");

    private string Saved => Path.Combine(pool, "saved");

    private string Root => Path.Combine(pool, "twin");

    private string Guest => Path.Combine(folder, "guest");

    /// <summary>Copies what it needs of a sandbox that runs, and of a checkpoint of its memory; then restores one, which is saved from then on.</summary>
    public async Task StartAsync(Installation installation, string sandbox, string checkpoint)
    {
        var run = Path.Combine(installation.Folder, "run");
        var spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "runsc", sandbox, "bundle", BundleFile)))!;
        Directory.CreateDirectory(folder);
        await HostTool.RunAsync("cp", "-a", "--reflink=auto", Path.Combine(installation.PoolDirectory, "sandboxes", sandbox), Root);
        await HostTool.RunAsync("cp", "-a", Path.Combine(installation.PoolDirectory, "memory", checkpoint, "image"), Image);
        await HostTool.RunAsync("cp", "-a", Path.Combine(run, "guests", sandbox), Guest);
        spec["root"]!["path"] = Root;
        foreach (var space in spec["linux"]!["namespaces"]!.AsArray()) space!.AsObject().Remove("path");
        foreach (var mount in spec["mounts"]!.AsArray())
        {
            var source = mount!["source"]!.GetValue<string>();
            if (mount["type"]!.GetValue<string>() != "bind") continue;
            var copy = Path.Combine(folder, Path.GetFileName(source));
            mount["source"] = Directory.Exists(source) ? Guest : copy;
            if (File.Exists(source)) File.Copy(source, copy);
        }

        _spec = spec;
        await RestoreAsync(First);
    }

    /// <summary>Milliseconds of a whole <c>checkpoint</c>.</summary>
    public Task<double> CheckpointAsync()
    {
        if (Directory.Exists(Saved)) Directory.Delete(Saved, recursive: true);
        Directory.CreateDirectory(Saved);
        return CallAsync("checkpoint", "--leave-running", "--compression=none", $"--image-path={Saved}", First);
    }

    /// <summary>Milliseconds of a whole one-step <c>restore</c> of the image. What it made is removed again, which is not counted.</summary>
    public async Task<double> RestoreAsync()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"restored{++_last}");
        var took = await RestoreAsync(id);
        await CallAsync("delete", "-force", id);
        return took;
    }

    public async ValueTask DisposeAsync()
    {
        if (_spec is null) return;
        await CallAsync("delete", "-force", First);
        foreach (var made in (string[])[Saved, Image, Root, folder])
        {
            if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }

    private Task<double> RestoreAsync(string id)
    {
        var bundle = Directory.CreateDirectory(Path.Combine(folder, id)).FullName;
        _spec!["linux"]!["cgroupsPath"] = $"{cgroups}/{id}";
        File.WriteAllText(Path.Combine(bundle, BundleFile), _spec.ToJsonString());
        return CallAsync("restore", "--detach", "--bundle", bundle, $"--image-path={Image}", id);
    }

    private Task<double> CallAsync(params ImmutableArray<string> words) => ToolThread.RunAsync(() => Spawn.Time([.. tool.Global, .. words], errors), tool.Hidden);
}

using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.BadInput;
using HostFile = System.IO.File;

namespace Atoll.EndToEnd.Tests.Cli;

/// <summary><c>atoll volume</c> and <c>--volume</c>, against a real server.</summary>
public sealed class CliVolumeTests(BadInputServer server) : SandboxSuite(server, "container")
{
    private readonly string _here = Directory.CreateTempSubdirectory("atoll-test-volume").FullName;

    private CliProgram Cli => new(Server.Real);

    public override async ValueTask DisposeAsync()
    {
        Directory.Delete(_here, recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Volume_MadeFilledMountedAndRemoved_EachCommandSaysWhatItDid()
    {
        var id = (await Cli.RunAsync("volume", "create", "cli-data", "--size", "64m")).Succeeded().Trim();
        Assert.Contains("cli-data", (await Cli.RunAsync("volume", "ls")).Succeeded(), StringComparison.Ordinal);
        var tree = Directory.CreateDirectory(Path.Combine(_here, "tree", "deep")).Parent!.FullName;
        await HostFile.WriteAllTextAsync(Path.Combine(tree, "run.sh"), "#!/bin/sh\necho ran\n", Cancellation);
        HostFile.SetUnixFileMode(Path.Combine(tree, "run.sh"), (UnixFileMode)0b111_101_101);
        await HostFile.WriteAllTextAsync(Path.Combine(tree, "deep", "ä name"), "text", Cancellation);
        (await Cli.RunAsync("volume", "cp", tree, "cli-data:/")).Succeeded();
        const string names = """set -e; cd "$1"; d=$(printf 'd\351'); mkdir "$d"; printf one >"$d/$(printf 'a\344')"; printf two >"$d/$(printf 'a\366')"; "$0" volume cp "$d" cli-data:/; "$0" volume cp "cli-data:/$d" names; cat names/*; rm -r names "$d" """;
        using (var copying = System.Diagnostics.Process.Start(Cli.Info("bash", "-c", names, CliProgram.Binary, _here))!) Assert.Equal("onetwo", await copying.StandardOutput.ReadToEndAsync(Cancellation));
        (await Cli.RunAsync([.. "from stdin"u8], ["volume", "cp", "-", "cli-data:/typed"])).Succeeded();
        var snapshot = (await Cli.RunAsync("volume", "snapshot", "cli-data", "--name", "cli-snap")).Succeeded().Trim();
        (await Cli.RunAsync("volume", "clone", "cli-snap", "--name", "cli-copy", "--size", "32m")).Succeeded();

        var ran = await Cli.RunAsync("run", "--template", "minimal", "--isolation", "container", "--volume", "cli-data:/data", "-v", "cli-snap:/old:ro", "--", "sh", "-c", "/data/tree/run.sh; cat /data/typed /old/tree/deep/*; echo new > /data/new; touch /old/x || echo refused");
        Assert.Equal("ran\nfrom stdintextrefused\n", ran.Succeeded());
        Assert.Equal("new\n", (await Cli.RunAsync("volume", "cp", "cli-data:/new", "-")).Succeeded());
        (await Cli.RunAsync("volume", "cp", "cli-data:/tree", Path.Combine(_here, "back"))).Succeeded();
        Assert.Equal("text", await HostFile.ReadAllTextAsync(Path.Combine(_here, "back", "deep", "ä name"), Cancellation));
        Assert.Equal((UnixFileMode)0b111_101_101, HostFile.GetUnixFileMode(Path.Combine(_here, "back", "run.sh")));

        var made = (await Cli.RunAsync("create", "--template", "minimal", "--isolation", "container", "--volume", "cli-data:/data")).Succeeded().Trim();
        Assert.Contains(made, (await Cli.RunAsync("volume", "inspect", "cli-data")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains($"{id}:/data", (await Cli.RunAsync("inspect", made)).Succeeded(), StringComparison.Ordinal);
        var busy = await Cli.RunAsync("volume", "rm", "cli-data", "--json");
        Assert.Equal((5, "volume_in_use"), (busy.Code, (string?)JsonNode.Parse(busy.Error)!["error"]!["code"]));
        Assert.Equal(5, (await Cli.RunAsync("volume", "cp", "cli-data:/new", "-")).Code);
        (await Cli.RunAsync("rm", made)).Succeeded();
        Assert.Equal($"cli-data\n{snapshot}\ncli-copy\n", (await Cli.RunAsync("volume", "rm", "cli-data", snapshot, "cli-copy")).Succeeded());
        Assert.Equal(4, (await Cli.RunAsync("volume", "inspect", "cli-data")).Code);
        Assert.Equal(2, (await Cli.RunAsync("create", "--volume", "cli-data")).Code);
    }
}

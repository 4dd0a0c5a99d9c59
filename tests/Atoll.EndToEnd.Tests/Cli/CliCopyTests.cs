using System.Security.Cryptography;
using Atoll.EndToEnd.Tests.BadInput;
using HostFile = System.IO.File;

namespace Atoll.EndToEnd.Tests.Cli;

/// <summary><c>atoll cp</c> both ways, with modes.</summary>
public abstract class CliCopyTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    private readonly string _here = Directory.CreateTempSubdirectory("atoll-test-cp").FullName;

    private CliProgram Cli => new(Server.Real);

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(_here, recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Copy_FileThereAndBack_KeepsBytesAndMode()
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var (from, to) = (Path.Combine(_here, "from"), Path.Combine(_here, "to"));
        await HostFile.WriteAllBytesAsync(from, bytes, Cancellation);
        HostFile.SetUnixFileMode(from, (UnixFileMode)0b111_101_000);
        (await Cli.RunAsync("cp", from, $"{Sandbox}:{Folder}/file")).Succeeded();
        Assert.Equal("750 user\n", await RunAsync($"stat -c '%a %U' {Folder}/file"));
        (await Cli.RunAsync("cp", $"{Sandbox}:{Folder}/file", to)).Succeeded();
        Assert.Equal(bytes, await HostFile.ReadAllBytesAsync(to, Cancellation));
        Assert.Equal((UnixFileMode)0b111_101_000, HostFile.GetUnixFileMode(to));
    }

    [Fact]
    public async Task Copy_DirectoryThereAndBack_KeepsTreeAndModes()
    {
        var tree = Directory.CreateDirectory(Path.Combine(_here, "tree", "deep")).Parent!.FullName;
        await HostFile.WriteAllTextAsync(Path.Combine(tree, "run.sh"), "#!/bin/sh\n", Cancellation);
        HostFile.SetUnixFileMode(Path.Combine(tree, "run.sh"), (UnixFileMode)0b111_101_101);
        await HostFile.WriteAllTextAsync(Path.Combine(tree, "deep", "ä name"), "text", Cancellation);
        HostFile.CreateSymbolicLink(Path.Combine(tree, "link"), "deep/ä name");
        (await Cli.RunAsync("cp", tree, $"{Sandbox}:{Folder}/")).Succeeded();
        Assert.Equal("755\n", await RunAsync($"stat -c %a {Folder}/tree/run.sh"));
        Assert.Equal("text", await RunAsync($"cat {Folder}/tree/link"));
        (await Cli.RunAsync("cp", $"{Sandbox}:{Folder}/tree", Path.Combine(_here, "back"))).Succeeded();
        Assert.Equal("text", await HostFile.ReadAllTextAsync(Path.Combine(_here, "back", "deep", "ä name"), Cancellation));
        Assert.Equal((UnixFileMode)0b111_101_101, HostFile.GetUnixFileMode(Path.Combine(_here, "back", "run.sh")));
        Assert.Equal("deep/ä name", new FileInfo(Path.Combine(_here, "back", "link")).LinkTarget);
    }

    [Fact]
    public async Task Copy_ArgumentsThatAreNoUtf8_AreTheFilesTheyName()
    {
        const string script = """
            set -e; cd "$1"; a=$(printf 'caf\351'); b=$(printf 'caf\352'); d=$(printf 'd\377'); printf one >"$a"; printf two >"$b"
            "$0" cp "$a" "$2:$3/$a"; "$0" cp "$b" "$2:$3/"; "$0" cp "$2:$3/$a" "$(printf 'back\376')"
            mkdir "$d"; cd "$d"; "$0" cp --json "$2:$3/$b" .; cd ..; "$0" cp "$d" "$2:$3/"; "$0" cp "$2:$3/$d" "$(printf 'new\375')/"; cat "$(printf 'back\376')" "$d/$b" "$(printf 'new\375')/$d/$b"
            "$0" exec "$2" -- echo "$a" || echo " $?"
            rm -r "$1"/*
            """;
        using var process = System.Diagnostics.Process.Start(Cli.Info("bash", "-c", script.Replace("\r", "", StringComparison.Ordinal), CliProgram.Binary, _here, Sandbox, Folder))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, await error);
        var lines = output.Split('\n');
        var copied = System.Text.Json.Nodes.JsonNode.Parse(lines[0])!;
        Assert.Equal($"{Sandbox}:{Folder}/caf\uFFFD", (string)copied["source"]!);
        Assert.Equal(0xEA, Convert.FromBase64String((string)copied["rawSource"]!)[^1]);
        Assert.Null(copied["rawDestination"]);
        Assert.Equal("onetwotwo 125", lines[1]);
        Assert.Contains("no UTF-8", await error, StringComparison.Ordinal);
        Assert.Equal("onetwotwo", await RunAsync($"cd {Folder}; cat \"$(printf 'caf\\351')\" \"$(printf 'caf\\352')\" \"$(printf 'd\\377/caf\\352')\""));
    }

    [Fact]
    public async Task Copy_WhatIsNotThere_FailsAndLeavesNothing()
    {
        var missing = await Cli.RunAsync("cp", $"{Sandbox}:{Folder}/missing", Path.Combine(_here, "missing"));
        Assert.True(missing.Code == 4, $"{missing.Code}: {missing.Error}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_here));
        Assert.Equal(2, (await Cli.RunAsync("cp", _here, _here)).Code);
    }

    public sealed class Container(BadInputServer server) : CliCopyTests(server, "container");

    public sealed class GVisor(BadInputServer server) : CliCopyTests(server, "gvisor");
}

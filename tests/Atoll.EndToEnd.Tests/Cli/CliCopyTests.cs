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

using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Cli.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atoll.Cli.Tests;

public sealed class CopyTests
{
    private const string Files = $"/v1/sandboxes/{FakeAtoll.Web}/files";

    [Fact]
    public async Task Copy_FileIntoADirectory_SendsItWithItsMode()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        var got = Receive(server, $"PUT {Files}");
        using var cli = new CliRun(server);
        var local = Path.Combine(cli.Folder, "run me.sh");
        System.IO.File.WriteAllText(local, "echo hi");
        System.IO.File.SetUnixFileMode(local, (UnixFileMode)0b111_101_000);

        var result = await cli.RunAsync("cp", local, "web:/srv");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal("echo hi", Encoding.UTF8.GetString(await got.Task));
        Assert.Equal("?path=%2Fsrv%2Frun%20me.sh&mode=750", server.Bodies($"PUT {Files}").Single());
    }

    [Fact]
    public async Task Copy_FromStdin_SendsIt()
    {
        await using var server = await FakeAtoll.StartAsync();
        var got = Receive(server, $"PUT {Files}");
        using var cli = new CliRun(server);

        Assert.Equal(0, (await cli.RunAsync("piped"u8.ToArray(), "cp", "-", "web:/tmp/x")).ExitCode);
        Assert.Equal("piped", Encoding.UTF8.GetString(await got.Task));
    }

    [Fact]
    public async Task Copy_DirectoryUp_PacksFilesModesAndSymlinks()
    {
        await using var server = await FakeAtoll.StartAsync();
        var got = Receive(server, $"PUT {Files}/archive");
        using var cli = new CliRun(server);
        var folder = Directory.CreateDirectory(Path.Combine(cli.Folder, "tree/below")).Parent!.FullName;
        System.IO.File.WriteAllText(Path.Combine(folder, "below/a"), "AAA");
        System.IO.File.SetUnixFileMode(Path.Combine(folder, "below/a"), (UnixFileMode)0b111_000_000);
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "link"), "/etc/passwd");
        using (var fifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder, "pipe"))) await fifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        var result = await cli.RunAsync("cp", folder, "web:/work");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("left out", result.Errors);
        Assert.StartsWith("?path=%2Fwork&", server.Bodies($"PUT {Files}/archive").Single());
        var entries = await EntriesAsync(await got.Task);
        Assert.Equal(["below/", "below/a", "link"], entries.Select(entry => entry.Name));
        Assert.Equal((UnixFileMode)0b111_000_000, entries[1].Mode);
        Assert.Equal((TarEntryType.SymbolicLink, "/etc/passwd"), (entries[2].EntryType, entries[2].LinkName));
    }

    [Fact]
    public async Task Copy_FileDown_TakesItsNameAndModeWithoutSetId()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "file", 5, "4755");
        server.On($"GET {Files}", http => http.Response.WriteAsync("bytes"));
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("cp", "web:/bin/tool", cli.Folder);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal("bytes", System.IO.File.ReadAllText(Path.Combine(cli.Folder, "tool")));
        Assert.Equal((UnixFileMode)0b111_101_101, System.IO.File.GetUnixFileMode(Path.Combine(cli.Folder, "tool")));
    }

    [Fact]
    public async Task Copy_FileToStdout_IsOnlyItsBytes()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "file", 5, "0644");
        server.On($"GET {Files}", http => http.Response.WriteAsync("bytes"));
        using var cli = new CliRun(server);

        Assert.Equal("bytes", (await cli.RunAsync("cp", "web:/x", "-", "--json")).Output);
    }

    [Fact]
    public async Task Copy_BreaksOff_LeavesWhatWasThere()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "file", 1000, "0644");
        server.On($"GET {Files}", async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        using var cli = new CliRun(server);
        var local = Path.Combine(cli.Folder, "x");
        System.IO.File.WriteAllText(local, "old");

        var result = await cli.RunAsync("cp", "web:/x", local);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("old", System.IO.File.ReadAllText(local));
        Assert.Equal([local], Directory.GetFiles(cli.Folder));
    }

    [Fact]
    public async Task Copy_DirectoryDown_UnpacksIt()
    {
        using var cli = await FetchAsync(
            new PaxTarEntry(TarEntryType.Directory, "d/") { Mode = (UnixFileMode)0b101_000_000 },
            File("d/f", "content", (UnixFileMode)0b110_000_000),
            Link("l", "d/f"),
            new PaxTarEntry(TarEntryType.HardLink, "h") { LinkName = "d/f" });

        Assert.Equal("content", System.IO.File.ReadAllText(Path.Combine(cli.Folder, "out/l")));
        Assert.Equal("content", System.IO.File.ReadAllText(Path.Combine(cli.Folder, "out/h")));
        Assert.Equal((UnixFileMode)0b101_000_000, System.IO.File.GetUnixFileMode(Path.Combine(cli.Folder, "out/d")));
    }

    [Fact]
    public void Arguments_ThatAreNoUtf8_KeepTheirBytes()
    {
        string[] decoded = ["cp", "caf\uFFFD", "web:/caf\uFFFD", "\uFFFD"];
        byte[] line = [.. "host\0atoll.dll\0cp\0caf"u8, 0xE9, 0, .. "web:/caf"u8, 0xEA, 0, .. "\uFFFD\0"u8];
        Assert.Equal(["cp", "caf\uDCE9", "web:/caf\uDCEA", "\uFFFD"], Native.Arguments.Exact(decoded, line));
        Assert.Equal(decoded, Native.Arguments.Exact(decoded, "other\0"u8));
    }

    /// <summary>Two Latin-1 names became one file, and the status was 0.</summary>
    [Fact]
    public async Task Copy_NamesThatAreNoUtf8_StayTheirBytesBothWays()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        var got = Receive(server, $"PUT {Files}/archive");
        using var cli = new CliRun(server);
        var folder = Directory.CreateDirectory(Path.Combine(cli.Folder, "tree")).FullName;
        await ShellAsync("""cd "$0"; mkdir "$(printf 'd\351')"; printf one >"$(printf 'd\351/a\344')"; printf two >"$(printf 'd\351/a\366')"; ln -s "$(printf 'a\344')" "$(printf 'd\351/l\374')" """, folder);
        Assert.Equal((0, ""), Outcome(await cli.RunAsync("cp", folder + "/.", "web:/work")));

        var sent = await got.Task;
        server.On($"GET {Files}/archive", http => http.Response.Body.WriteAsync(sent).AsTask());
        Assert.Equal((0, ""), Outcome(await cli.RunAsync("cp", "web:/x/.", "out")));
        Assert.Equal("one two one 3", await ShellAsync("""cd "$0"; cd "$(printf 'd\351')"; echo "$(cat "$(printf 'a\344')") $(cat "$(printf 'a\366')") $(cat "$(printf 'l\374')") $(ls | wc -l)" """, Path.Combine(cli.Folder, "out")));

        // .NET cannot remove them.
        await ShellAsync("""rm -r "$0/tree" "$0/out" """, cli.Folder);
    }

    [Fact]
    public async Task Copy_LinksAndHoles_StayBothWays()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        var got = Receive(server, $"PUT {Files}/archive");
        using var cli = new CliRun(server);
        var folder = Directory.CreateDirectory(Path.Combine(cli.Folder, "tree")).FullName;
        await ShellAsync("""cd "$0"; echo one >a; ln a b; truncate -s 64M hole; echo data | dd of=hole bs=1M seek=30 conv=notrunc status=none""", folder);
        Assert.Equal((0, ""), Outcome(await cli.RunAsync("cp", folder + "/.", "web:/work")));

        var sent = await got.Task;
        Assert.InRange(sent.Length, 1024, 1024 * 1024);
        server.On($"GET {Files}/archive", http => http.Response.Body.WriteAsync(sent).AsTask());
        Assert.Equal((0, ""), Outcome(await cli.RunAsync("cp", "web:/x/.", "out")));
        Assert.Equal("2 small same", await ShellAsync(
            """cd "$0"; echo $(stat -c %h b) $([ $(stat -c %b hole) -lt 2048 ] && echo small) $(cmp hole ../tree/hole && cmp b ../tree/a && echo same)""", Path.Combine(cli.Folder, "out")));
    }

    /// <summary>An archive may not tie a file that was here before to one of its own.</summary>
    [Fact]
    public async Task Copy_HardLinkToWhatWasHere_IsACopy()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        using var cli = new CliRun(server);
        Directory.CreateDirectory(Path.Combine(cli.Folder, "out"));
        System.IO.File.WriteAllText(Path.Combine(cli.Folder, "out/mine"), "mine");
        ServeArchive(server, new PaxTarEntry(TarEntryType.HardLink, "theirs") { LinkName = "mine" });

        Assert.Equal(0, (await cli.RunAsync("cp", "web:/x/.", "out")).ExitCode);
        Assert.Equal("1 mine", await ShellAsync("""cd "$0"; echo $(stat -c %h mine) $(cat theirs)""", Path.Combine(cli.Folder, "out")));
    }

    [Theory]
    [InlineData("2\n0\n512\n100\n512\n", 1024, "4096")]
    [InlineData("1\n4000\n512\n", 512, "4096")]
    [InlineData("1\n0\n1024\n", 512, "4096")]
    [InlineData("", 512, "4096")]
    [InlineData("100000000\n0\n", 512, "4096")]
    [InlineData("1\n0\n512\n", 512, "-1")]
    [InlineData("1\n0\n512\n", 512, "9000000000000000000")]
    public async Task Copy_HolesThatCannotBe_AreRefused(string map, int content, string size)
    {
        var bytes = new byte[512 + content];
        Encoding.ASCII.GetBytes(map).CopyTo(bytes, 0);
        var records = new Dictionary<string, string> { ["GNU.sparse.major"] = "1", ["GNU.sparse.minor"] = "0", ["GNU.sparse.name"] = "file", ["GNU.sparse.realsize"] = size };
        using var cli = await FetchAsync(expected: 9, new PaxTarEntry(TarEntryType.RegularFile, "x", records) { DataStream = new MemoryStream(bytes) });

        Assert.Empty(Directory.GetFiles(Path.Combine(cli.Folder, "out")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/tmp/atoll-evil")]
    [InlineData("a/../../evil")]
    public async Task Copy_EntryOutsideTheDestination_IsRefused(string name)
    {
        using var cli = await FetchAsync(expected: 9, File(name, "evil"));

        Assert.Empty(Directory.GetFiles(cli.Folder));
        Assert.False(System.IO.File.Exists("/tmp/atoll-evil"));
    }

    [Fact]
    public async Task Copy_SymlinkPlantedBeforeAFile_IsNotFollowed()
    {
        using var cli = new CliRun();
        var outside = Directory.CreateDirectory(Path.Combine(cli.Folder, "outside")).FullName;

        using var victim = await FetchAsync(expected: 5, Link("door", outside), File("door/evil", "evil"));

        Assert.Empty(Directory.GetFiles(outside));
    }

    [Fact]
    public async Task Copy_SymlinkFromAnEarlierCopy_IsNotFollowed()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        using var cli = new CliRun(server);
        var outside = Directory.CreateDirectory(Path.Combine(cli.Folder, "outside")).FullName;
        Directory.CreateDirectory(Path.Combine(cli.Folder, "out"));
        System.IO.File.CreateSymbolicLink(Path.Combine(cli.Folder, "out/door"), outside);
        ServeArchive(server, File("door/evil", "evil"));

        var result = await cli.RunAsync("cp", "web:/x/.", "out");

        Assert.Equal(9, result.ExitCode);
        Assert.Contains("hostile_archive", result.Errors);
        Assert.Empty(Directory.GetFiles(outside));
    }

    [Fact]
    public async Task Copy_FileOverASymlink_ReplacesTheSymlink()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        using var cli = new CliRun(server);
        var outside = Path.Combine(cli.Folder, "precious");
        System.IO.File.WriteAllText(outside, "precious");
        Directory.CreateDirectory(Path.Combine(cli.Folder, "out"));
        System.IO.File.CreateSymbolicLink(Path.Combine(cli.Folder, "out/f"), outside);
        ServeArchive(server, File("f", "new"));

        Assert.Equal(0, (await cli.RunAsync("cp", "web:/x/.", "out")).ExitCode);
        Assert.Equal(("precious", "new"), (System.IO.File.ReadAllText(outside), System.IO.File.ReadAllText(Path.Combine(cli.Folder, "out/f"))));
    }

    [Fact]
    public async Task Copy_DevicesAndFifos_AreLeftOut()
    {
        using var cli = await FetchAsync(
            new PaxTarEntry(TarEntryType.CharacterDevice, "kmem") { DeviceMajor = 1, DeviceMinor = 2 },
            new PaxTarEntry(TarEntryType.Fifo, "pipe"),
            File("f", "x"));

        Assert.Equal(["f"], Directory.GetFileSystemEntries(Path.Combine(cli.Folder, "out")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Copy_MoreThanAllowed_IsRefused()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        ServeArchive(server, File("big", new string('x', 2_000_000)));
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("cp", "--max-size", "1m", "web:/x", "out");

        Assert.Equal(9, result.ExitCode);
        Assert.Contains("--max-size", result.Errors);
    }

    [Fact]
    public async Task Copy_NoArchiveAtAll_IsToldAsThat()
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        server.On($"GET {Files}/archive", http => http.Response.WriteAsync(new string('!', 5000)));
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("cp", "web:/x", "out");

        Assert.Equal(9, result.ExitCode);
        Assert.Contains("hostile_archive", result.Errors);
    }

    private static (int, string) Outcome(CliResult result) => (result.ExitCode, result.Errors);

    private static async Task<string> ShellAsync(string script, string folder)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", script, folder]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return shell.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{script} ended with {shell.ExitCode}");
    }

    private static Task<CliRun> FetchAsync(params TarEntry[] entries) => FetchAsync(0, entries);

    private static async Task<CliRun> FetchAsync(int expected, params TarEntry[] entries)
    {
        await using var server = await FakeAtoll.StartAsync();
        OnStat(server, "directory", 0, "0755");
        ServeArchive(server, entries);
        var cli = new CliRun(server);
        var result = await cli.RunAsync("cp", "web:/x", "out");
        if (result.ExitCode == expected) return cli;
        cli.Dispose();
        throw new InvalidOperationException($"atoll ended with {result.ExitCode}, not {expected}: {result.Errors}");
    }

    private static void OnStat(FakeAtoll server, string kind, long size, string mode) =>
        server.OnJson($"GET {Files}/stat", new JsonObject { ["path"] = "/x", ["kind"] = kind, ["sizeBytes"] = size, ["mode"] = mode });

    private static void ServeArchive(FakeAtoll server, params TarEntry[] entries) => server.On($"GET {Files}/archive", async http =>
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries) await writer.WriteEntryAsync(entry);
        }

        await http.Response.Body.WriteAsync(tar.ToArray());
    });

    private static PaxTarEntry File(string name, string content, UnixFileMode mode = (UnixFileMode)0b110_100_100) =>
        new(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static TaskCompletionSource<byte[]> Receive(FakeAtoll server, string route)
    {
        var got = new TaskCompletionSource<byte[]>();
        server.On(route, async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            got.SetResult(body.ToArray());
        });
        return got;
    }

    private static async Task<List<TarEntry>> EntriesAsync(byte[] tar)
    {
        await using var reader = new TarReader(new MemoryStream(tar));
        var entries = new List<TarEntry>();
        while (await reader.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken) is { } entry) entries.Add(entry);
        return entries;
    }
}

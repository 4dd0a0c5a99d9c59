using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Cli;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Moving;

/// <summary>From one server to another that shares nothing with it but an object store, or a file, through the command line as a user would.</summary>
[Collection("crash")]
public sealed class MoveTests : IAsyncLifetime
{
    private const string Tree = """
        mkdir -p /t/odd; cd /t; i=0; while [ $i -lt 100 ]; do mkdir $i; j=0; while [ $j -lt 100 ]; do echo $i-$j > $i/$j; j=$((j+1)); done; i=$((i+1)); done
        head -c 2000000 /dev/urandom > big; ln big hard; ln -s /etc/passwd soft; truncate -s 300M sparse; chmod 4751 big; chown 1234:4321 0/0; touch -d '2001-02-03 04:05:06' 1/1; mkfifo fifo
        """;

    private const string Look = "cd /t && find . -type f -size -9000k -print0 | sort -z | xargs -0 sha256sum; find . -print0 | sort -z | xargs -0 stat -c '%n %f %u:%g %s %Y'; readlink soft";
    private readonly RealServer _here = new();
    private readonly RealServer _there = new();
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        foreach (var server in (RealServer[])[_here, _there]) await server.PrepareAsync(Cancellation, "minimal");
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Checkpoint_ThroughAnS3Bucket_IsTheSameOnAnotherServerAndItsChildSendsWhatChanged()
    {
        await using var s3 = await S3Server.StartNewAsync(Cancellation);
        foreach (var server in (RealServer[])[_here, _there]) await StartAsync(server, ("KIND", "s3"), ("ENDPOINT", s3.Endpoint), ("BUCKET", S3Server.Bucket), ("ACCESSKEY", S3Server.Key), ("SECRETKEY", S3Server.Key), ("RETRIES", "1"));
        CliProgram here = new(_here), there = new(_there);
        var (expected, first) = await MakeAsync(here);
        await s3.StopAsync();
        var gone = await here.RunAsync("checkpoint", "export", first);
        Assert.Equal(7, gone.Code);
        Assert.Contains("object store", gone.Error, StringComparison.Ordinal);
        await s3.StartAsync(Cancellation);
        var exported = Json(await here.RunAsync("checkpoint", "export", first, "--json"));
        var imported = (await there.RunAsync("checkpoint", "import", (string)exported["key"]!, "--name", "moved")).Succeeded().Trim();
        Assert.Equal(expected, await LookAsync(there, imported));

        (await here.RunAsync("exec", "-u", "root", "web", "--", "sh", "-c", "echo child > /t/5/5; rm -r /t/6; mv /t/7 /t/moved; head -c 100000 /dev/urandom > /t/new")).Succeeded();
        var changed = (await here.RunAsync("exec", "-u", "root", "web", "--", "sh", "-c", Look)).Succeeded();
        var second = (await here.RunAsync("checkpoint", "create", "web")).Succeeded().Trim();
        var child = Json(await here.RunAsync("checkpoint", "export", second, "--json"));
        Assert.InRange((long)child["sentBytes"]!, 100_000, 200_000);
        Assert.True((long)child["sizeBytes"]! > (long)exported["sizeBytes"]!);
        Assert.Equal(changed, await LookAsync(there, (await there.RunAsync("checkpoint", "import", (string)child["key"]!)).Succeeded().Trim()));
        var listed = Json(await there.RunAsync("checkpoint", "ls", "--json"), last: true);
        Assert.Equal(first, (string)listed["origin"]!);
        Assert.Equal((string)exported["key"]!, (string)Json(await here.RunAsync("export", "ls", "--json"), last: true)["key"]!);
        Assert.Equal("", (await there.RunAsync("export", "ls", "--json")).Succeeded());
        Assert.Equal((string)exported["key"]!, (await here.RunAsync("export", "rm", (string)exported["key"]!)).Succeeded().Trim());
        Assert.Contains((string)child["key"]!, (await here.RunAsync("export", "ls")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(changed, await LookAsync(there, (await there.RunAsync("checkpoint", "import", (string)child["key"]!)).Succeeded().Trim()));
        Assert.Equal(2, (await here.RunAsync("export", "rm", "x")).Code);
    }

    [Fact]
    public async Task Checkpoint_ThroughAFile_IsTheSameOnAnotherServerAndABrokenFileIsRefused()
    {
        foreach (var server in (RealServer[])[_here, _there]) await StartAsync(server);
        CliProgram here = new(_here), there = new(_there);
        var (expected, checkpoint) = await MakeAsync(here);
        var path = _scratch.PathOf("web.atoll");
        (await here.RunAsync("checkpoint", "export", checkpoint, "--to", path)).Succeeded();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var imported = Json(await there.RunAsync("checkpoint", "import", path, "--json"));
        Assert.Equal((checkpoint, (string?)null), ((string)imported["origin"]!, (string?)imported["parent"]));
        Assert.Equal(expected, await LookAsync(there, (string)imported["id"]!));

        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        var broken = _scratch.PathOf("broken.atoll");
        foreach (var change in (Func<byte[]>[])[() => bytes[..^1], () => bytes[..(bytes.Length / 2)], () => bytes[..10], () => [.. bytes, 0], () => Flipped(bytes, bytes.Length / 2), () => Flipped(bytes, 40), () => Flipped(bytes, 9)])
        {
            await File.WriteAllBytesAsync(broken, change(), Cancellation);
            var refused = await there.RunAsync("checkpoint", "import", broken);
            Assert.Equal(2, refused.Code);
        }

        Assert.Equal(2, (await there.RunAsync("checkpoint", "import", _scratch.PathOf("none"))).Code);
        Assert.Single((await there.RunAsync("checkpoint", "ls", "--json")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(_there.StateDirectory, "pool", "checkpoints")));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_there.StateDirectory, "pool", "receiving")));
    }

    [Fact]
    public async Task FullCheckpoint_ThroughASharedFolder_GoesOnOnAnotherServerAsSomebodyElse()
    {
        var folder = _scratch.PathOf("objects");
        foreach (var server in (RealServer[])[_here, _there]) await StartAsync(server, ("FOLDER", folder));
        CliProgram here = new(_here), there = new(_there);
        (await here.RunAsync("create", "--name", "web", "--isolation", "gvisor", "--memory", "512M")).Succeeded();
        (await here.RunAsync("exec", "-d", "web", "--", "sh", "-c", "kept=of-this-process; i=0; while :; do i=$((i+1)); echo $kept $i > /tmp/next; mv /tmp/next /tmp/count; sleep 0.1; done")).Succeeded();
        await Eventually.HoldsAsync("it counts", async () => (await here.RunAsync("exec", "web", "--", "cat", "/tmp/count")).Code == 0, Cancellation);
        var saved = await here.RunAsync("checkpoint", "create", "web", "--full");
        var checkpoint = saved.Succeeded().Trim();
        var before = await CountAsync(here, "web");

        var exported = Json(await here.RunAsync("checkpoint", "export", checkpoint, "--json"));
        var key = (string)exported["key"]!;
        var again = Json(await here.RunAsync("checkpoint", "export", checkpoint, "--json"));
        Assert.Equal((key, 0), ((string)again["key"]!, (long)again["sentBytes"]!));
        var imported = Json(await there.RunAsync("checkpoint", "import", key, "--json"));
        Assert.Equal(("full", checkpoint), ((string)imported["kind"]!, (string)imported["origin"]!));
        var id = (string)imported["id"]!;
        foreach (var fork in (string[])[(await there.RunAsync("fork", id)).Succeeded().Trim(), (await there.RunAsync("fork", id)).Succeeded().Trim()])
        {
            var now = 0;
            await Eventually.HoldsAsync("it counts on", async () => (now = await CountAsync(there, fork)) > 0, Cancellation);
            Assert.InRange(now, 1, before + 10_000);
            await Eventually.HoldsAsync("it counts on", async () => await CountAsync(there, fork) > now, Cancellation);
            Assert.Equal(fork, (await there.RunAsync("exec", fork, "--", "hostname")).Succeeded().Trim());

            // This server's default, and not what it had there.
            Assert.NotEqual(512, (int)JsonNode.Parse((await there.RunAsync("inspect", fork, "--json")).Succeeded())!["memoryMiB"]!);
        }

        // As a file it is what its writer says: taken only where the operator wants it.
        var file = _scratch.PathOf("web.atoll");
        (await here.RunAsync("checkpoint", "export", checkpoint, "--to", file)).Succeeded();
        var uploaded = await there.RunAsync("checkpoint", "import", file);
        Assert.Contains("Exports:UploadedMemory", uploaded.Error, StringComparison.Ordinal);

        // A flipped bit of a part in the store.
        var part = Directory.EnumerateFiles(Path.Combine(folder, "data", "memories", checkpoint)).MaxBy(path => new FileInfo(path).Length)!;
        var bytes = await File.ReadAllBytesAsync(part, Cancellation);
        await File.WriteAllBytesAsync(part, Flipped(bytes, bytes.Length / 2), Cancellation);
        Assert.Contains("altered", (await there.RunAsync("checkpoint", "import", key)).Error, StringComparison.Ordinal);
        Assert.Equal([id], Directory.EnumerateDirectories(Path.Combine(_there.StateDirectory, "pool", "checkpoints")).Select(path => Path.GetFileName(path)));
        Assert.Equal([id], Directory.EnumerateDirectories(Path.Combine(_there.StateDirectory, "pool", "memory")).Select(path => Path.GetFileName(path)).Where(name => name != ".agents"));
    }

    private static async Task<int> CountAsync(CliProgram cli, string sandbox)
    {
        var words = (await cli.RunAsync("exec", sandbox, "--", "cat", "/tmp/count")).Succeeded().Split(' ');
        Assert.Equal("of-this-process", words[0]);
        return int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task StartAsync(RealServer server, params (string Key, string Value)[] store)
    {
        server.Configure("ATOLL__SANDBOXES__DEFAULTS__TEMPLATE", "minimal");
        foreach (var (key, value) in store) server.Configure("ATOLL__OBJECTSTORE__" + key, value);
        await server.StartAsync(Cancellation);
    }

    private static async Task<(string Look, string Checkpoint)> MakeAsync(CliProgram cli)
    {
        (await cli.RunAsync("create", "--name", "web", "--isolation", "container")).Succeeded();
        (await cli.RunAsync("exec", "-u", "root", "web", "--", "sh", "-c", Tree)).Succeeded();
        var look = (await cli.RunAsync("exec", "-u", "root", "web", "--", "sh", "-c", Look)).Succeeded();
        Assert.True(look.Split('\n').Length > 20_000);
        return (look, (await cli.RunAsync("checkpoint", "create", "web", "--name", "good")).Succeeded().Trim());
    }

    private static async Task<string> LookAsync(CliProgram cli, string checkpoint)
    {
        var fork = (await cli.RunAsync("fork", checkpoint)).Succeeded().Trim();
        var seen = (await cli.RunAsync("exec", "-u", "root", fork, "--", "sh", "-c", Look)).Succeeded();
        (await cli.RunAsync("rm", fork)).Succeeded();
        return seen;
    }

    private static JsonNode Json(CliResult result, bool last = false)
    {
        var lines = result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return JsonNode.Parse(last ? lines[^1] : Assert.Single(lines))!;
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] other = [.. bytes];
        other[at] ^= 1;
        return other;
    }
}

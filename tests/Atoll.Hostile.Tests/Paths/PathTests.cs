using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;

namespace Atoll.Hostile.Tests.Paths;

/// <summary>Attacks 29 to 35: the file routes, while a program inside works against them.</summary>
public abstract class PathTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    private static readonly TimeSpan NoHang = TimeSpan.FromSeconds(30);

    private readonly string _secret = RandomNumberGenerator.GetHexString(32);
    private string _marker = "";

    private string Folder { get; } = "/tmp/" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 10);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _marker = Path.Combine(Path.GetDirectoryName(Server.Real.StateDirectory)!, "marker-" + RandomNumberGenerator.GetHexString(16));
        await File.WriteAllTextAsync(_marker, _secret, Cancellation);
        File.SetUnixFileMode(_marker, (UnixFileMode)0b110_110_110);
        await ShellAsync($"mkdir -m 777 {Folder}");
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_marker.Length > 0)
        {
            Assert.Equal(_secret, await File.ReadAllTextAsync(_marker, CancellationToken.None));
            Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(_marker));
            File.Delete(_marker);
            await Api.ExecAsync(Sandbox, $"rm -rf {Folder}", CancellationToken.None, Root);
        }

        await base.DisposeAsync();
    }

    [Fact]
    public Task Attack29_PathsThatLeaveTheSandbox_ReachNothing() => BesideNeighbourAsync(async () =>
    {
        var up = string.Concat(Enumerable.Repeat("../", 30));
        string[] ways =
        [
            .. new[] { _marker, up + _marker[1..], "/" + up + _marker[1..], "/proc/1/root" + _marker, "/proc/self/root" + _marker, "/proc/1/cwd/" + up + _marker[1..], "/proc/self/fd/0/" + up + _marker[1..], "/.atoll/" + up + _marker[1..] }.Select(Uri.EscapeDataString),
            "%2e%2e/%2e%2e/%2e%2e/%2e%2e/" + _marker[1..], "..%2f..%2f..%2f..%2f..%2f" + _marker[1..].Replace("/", "%2f", StringComparison.Ordinal), "..%5c..%5c..%5c" + _marker[1..],
            "%252e%252e%252f%252e%252e%252f" + _marker[1..], "/tmp/a%00b", "/tmp/%ff%fe", "/tmp/" + new string('n', 300), "/tmp" + string.Concat(Enumerable.Repeat("/abcdefg", 600)),
        ];
        foreach (var way in ways)
        {
            foreach (var route in (string[])["files", "files/archive", "files/stat", "files/list"])
            {
                var answer = await Api.GetAsync($"/v1/sandboxes/{Sandbox}/{route}?path={way}", Cancellation);
                Assert.False(answer.Status == HttpStatusCode.OK || (int)answer.Status >= 500, $"{route} {way}: {(int)answer.Status} {answer.Text}");
                Assert.DoesNotContain(_secret, answer.Text, StringComparison.Ordinal);
            }

            using var body = new StringContent("overwritten");
            using var put = await Api.Http.PutAsync($"/v1/sandboxes/{Sandbox}/files?path={way}&parents=false", body, Cancellation);
            Assert.False((int)put.StatusCode >= 500, $"PUT {way}: {(int)put.StatusCode}");
            await Api.DeleteAsync($"/v1/sandboxes/{Sandbox}/files?path={way}", Cancellation);
        }
    });

    /// <summary>Up to 100,000 swaps of a file for a link to the host's, and of a folder for a link to the root, while every file route works on them.</summary>
    [Fact]
    public Task Attack30_LinksSwappedDuringFileOperations_StayInside() => BesideNeighbourAsync(async () =>
    {
        var swapping = AttackAsync(Sandbox, Root, "swap", Folder, _marker, "100000", "3");
        var operations = 0;
        do
        {
            foreach (var path in (string[])[Folder + "/x", Folder + "/d/x", Folder + "/d" + _marker])
            {
                var read = await Api.GetAsync(FileUrl(Sandbox, path), Cancellation);
                Assert.DoesNotContain(_secret, read.Text, StringComparison.Ordinal);
                using var body = new StringContent("written");
                using var put = await Api.Http.PutAsync(FileUrl(Sandbox, path) + "&parents=false", body, Cancellation);
                Assert.True((int)put.StatusCode < 500, $"PUT {path}: {await put.Content.ReadAsStringAsync(Cancellation)}");
                var archive = await Api.GetAsync(FileUrl(Sandbox, Path.GetDirectoryName(path)!, "files/list") + "&depth=1&limit=10", Cancellation);
                Assert.True((int)archive.Status < 500, archive.Text);
                var removed = await Api.DeleteAsync(FileUrl(Sandbox, path) + "&recursive=true", Cancellation);
                Assert.True((int)removed.Status < 500, removed.Text);
                operations += 4;
            }
        }
        while (!swapping.IsCompleted);
        var swaps = await swapping;
        TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations during {swaps[0].Detail} swaps");
        Assert.Equal(_secret, await File.ReadAllTextAsync(_marker, Cancellation));
        await ShellAsync("test -f /etc/passwd && test -x /bin/sh");
    });

    /// <summary>File calls run as process 1: what is <c>/proc/self</c> to them is the agent, with its token.</summary>
    [Fact]
    public Task Attack31_TheAgentsOwnMemory_IsNoFile() => BesideNeighbourAsync(async () =>
    {
        await ShellAsync($"ln -s /proc/self/mem {Folder}/mem; ln -s /proc/1/maps {Folder}/maps");
        foreach (var path in (string[])["/proc/1/mem", "/proc/self/mem", "/proc/thread-self/mem", "/proc/self/task/1/mem", "/proc/self/root/proc/1/mem", "/proc/1/maps", "/proc/self/environ", Folder + "/mem", Folder + "/maps"])
        {
            foreach (var from in (long?[])[null, 0, 4096, 0x7f00_0000_0000])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, FileUrl(Sandbox, path));
                if (from is { } start) request.Headers.Range = new(start, start + 4095);
                using var read = await Api.Http.SendAsync(request, Cancellation);
                var text = await read.Content.ReadAsStringAsync(Cancellation);
                Assert.True((int)read.StatusCode is >= 400 and < 500, $"{path} from {from}: {(int)read.StatusCode} {text}");
            }

            var copied = await Api.PostAsync($"/v1/sandboxes/{Sandbox}/files/copy", new JsonObject { ["from"] = path, ["to"] = $"{Folder}/copy", ["overwrite"] = true }, Cancellation);
            Assert.True((int)copied.Status < 500, $"copy {path}: {copied.Text}");
            // A link is copied as a link.
            Assert.Equal("0", (await ShellAsync($"if [ -f {Folder}/copy ] && [ ! -L {Folder}/copy ]; then wc -c < {Folder}/copy; else echo 0; fi", Root)).Trim());
            if (path.StartsWith("/proc", StringComparison.Ordinal))
            {
                using var body = new StringContent("x");
                using var put = await Api.Http.PutAsync(FileUrl(Sandbox, path), body, Cancellation);
                Assert.True((int)put.StatusCode is >= 400 and < 500, $"PUT {path}: {(int)put.StatusCode} {await put.Content.ReadAsStringAsync(Cancellation)}");
            }
        }

        // What is not secret there can be read as ever.
        var mounts = await Api.GetAsync(FileUrl(Sandbox, "/proc/mounts"), Cancellation);
        Assert.True(mounts.Status == HttpStatusCode.OK && mounts.Text.Contains("/proc", StringComparison.Ordinal), mounts.Text);
    });

    [Fact]
    public Task Attack31_PipesSocketsAndDevicesAsFiles_DoNotHang() => BesideNeighbourAsync(async () =>
    {
        await AttackAsync(Sandbox, User, "specials", Folder);
        foreach (var path in new[] { "pipe", "socket", "zero", "link-to-pipe", "link-to-socket", "loop" }.Select(name => $"{Folder}/{name}").Concat(["/dev/zero", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/proc/kmsg", "/proc/1/mem", "/proc/self/fd/0"]))
        {
            var read = await Api.GetAsync(FileUrl(Sandbox, path), Cancellation).WaitAsync(NoHang, Cancellation);
            Assert.True(read.Status != HttpStatusCode.OK || read.Text.Length == 0, $"{path}: {read.Text.Length} bytes");
            // What the kernel inside answers to a read of such a thing is told as it is.
            Assert.True((int)read.Status < 500 || read.Code == "guest_failure", $"{path}: {read.Text}");
            var archived = await Api.GetAsync(FileUrl(Sandbox, path, "files/archive"), Cancellation).WaitAsync(NoHang, Cancellation);
            Assert.True((int)archived.Status < 500 || archived.Code == "guest_failure", $"archive {path}: {archived.Text}");
        }

        (await Api.PostAsync($"/v1/sandboxes/{Sandbox}/files/find", new JsonObject { ["path"] = Folder, ["text"] = "x" }, Cancellation).WaitAsync(NoHang, Cancellation)).Json!["items"]!.AsArray();
    });

    [Fact]
    public Task Attack32_RecursiveDeleteOverALinkToTheRoot_RemovesTheLink() => BesideNeighbourAsync(async () =>
    {
        await ShellAsync($"mkdir {Folder}/tree && touch {Folder}/tree/file && ln -s / {Folder}/tree/root && ln -s /proc/1/root {Folder}/tree/one && ln -s {_marker} {Folder}/tree/marker && ln -s / {Folder}/all");
        foreach (var name in (string[])["all", "tree"])
            Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync(FileUrl(Sandbox, $"{Folder}/{name}") + "&recursive=true", Cancellation)).Status);
        Assert.Equal("", (await ShellAsync($"ls -A {Folder}")).Trim());
        await ShellAsync("test -f /etc/passwd && test -x /bin/sh && test -d /home/user");
    });

    /// <summary>Ten thousand files in a normal run, a million in the soak; each entry of an answer is bounded by <c>limit</c>.</summary>
    [Fact]
    public Task Attack33_DirectoryOfManyEntries_IsListedWithinItsLimit() => BesideNeighbourAsync(async () =>
    {
        var files = Soaking.IsOn ? 1_000_000 : 10_000;
        var id = Soaking.IsOn ? await CreateAsync(new JsonObject { ["diskMiB"] = 4096, ["memoryMiB"] = 1024 }) : Sandbox;
        var root = Soaking.IsOn ? "/tmp" : Folder;
        var made = await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["argv"] = new JsonArray("/tmp/attack", "many", root + "/many", files.ToString()), ["timeoutSeconds"] = 3600 }, Cancellation);
        Assert.Contains($"many done {files}", made.Text, StringComparison.Ordinal);
        var some = (await Api.GetAsync(FileUrl(id, root + "/many", "files/list") + "&limit=1000", Cancellation)).Json!;
        Assert.Equal((1000, true), (some["items"]!.AsArray().Count, (bool)some["truncated"]!));
        Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync(FileUrl(id, root + "/many", "files/stat"), Cancellation)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync(FileUrl(id, root + "/many") + "&recursive=true", Cancellation)).Status);
    });

    [Fact]
    public Task Attack34_WatcherOnATreeBeingRenamed_GoesOnOrEndsWithAReason() => BesideNeighbourAsync(async () =>
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var watchers = Enumerable.Range(0, 3).Select(_ => WatchAsync(stop.Token)).ToList();
        await AttackAsync(Sandbox, User, "rename-tree", Folder, "2");
        await stop.CancelAsync();
        var seen = (await Task.WhenAll(watchers)).Sum();
        TestContext.Current.TestOutputHelper?.WriteLine($"{seen} events seen");
        Assert.Equal("fine\n", await ShellAsync("echo fine"));
    });

    /// <summary>A volume is what the team has by that name, and never a path; what is bound into a sandbox, volumes too, cannot be moved or replaced inside.</summary>
    [Fact]
    public Task Attack35_BindSources_CannotBeSwapped() => BesideNeighbourAsync(async () =>
    {
        var body = HostileServer.Body(Isolation);
        body["volumes"] = new JsonArray(new JsonObject { ["volume"] = "../../etc", ["path"] = "/mnt" });
        var answer = await Api.PostAsync("/v1/sandboxes", body, Cancellation);
        answer.ShouldBe(HttpStatusCode.NotFound, "volume_not_found");
        var made = await Api.PostAsync("/v1/volumes", new JsonObject { ["sizeMiB"] = 16 }, Cancellation);
        var volume = (string)made.Json!["id"]!;
        body["volumes"] = new JsonArray(new JsonObject { ["volume"] = volume, ["path"] = "/mnt/v" });
        var mounting = await Api.CreateAsync(body, Cancellation);
        var swapped = await Api.ExecAsync(mounting, "rmdir /mnt/v || mv /mnt/v /mnt/w || rm -rf /mnt/v", Cancellation, Root);
        Assert.NotEqual(0, (int)swapped["exitCode"]!);
        await Api.ExecAsync(mounting, "ln -sfn / /mnt/v/root; ln -sfn /etc /mnt/v/etc", Cancellation, Root);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{mounting}", Cancellation)).Status);
        foreach (var path in (string[])["root/etc/passwd", "root/proc/self/environ", "../../../../etc/passwd"]) Assert.NotEqual(HttpStatusCode.OK, (await Api.GetAsync($"/v1/volumes/{volume}/files?path={path}", Cancellation)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/volumes/{volume}", Cancellation)).Status);
        foreach (var bound in (string[])["/.atoll", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname"])
        {
            var tried = await Api.ExecAsync(Sandbox, $"mv {bound} {Folder}/moved || ln -sfn {_marker} {bound} || rm -rf {bound} || echo evil > {bound}", Cancellation, Root);
            Assert.NotEqual(0, (int)tried["exitCode"]!);
        }

        await ShellAsync("test -d /.atoll && test -s /etc/hosts");
    });

    private async Task<int> WatchAsync(CancellationToken stop)
    {
        var seen = 0;
        try
        {
            await foreach (var _ in Api.FollowAsync(FileUrl(Sandbox, Folder, "files/watch") + "&recursive=true", stop)) seen++;
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException)
        {
            // Stopped by us, or ended by the server; either way it has not stood in the way.
        }

        return seen;
    }

    public sealed class Container(HostileServer server) : PathTests(server, "container");

    public sealed class GVisor(HostileServer server) : PathTests(server, "gvisor");
}

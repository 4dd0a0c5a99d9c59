using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using HostFile = System.IO.File;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>Paths that try to leave the sandbox, and files that are none.</summary>
public abstract class PathTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    // No file operation on something that never gives a byte may take longer.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(30);

    private readonly string _secret = RandomNumberGenerator.GetHexString(32);
    private string _marker = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _marker = Path.Combine(Path.GetDirectoryName(Server.Real.StateDirectory)!, "marker-" + RandomNumberGenerator.GetHexString(16));
        await HostFile.WriteAllTextAsync(_marker, _secret, Cancellation);
        HostFile.SetUnixFileMode(_marker, (UnixFileMode)0b110_110_110);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_marker.Length > 0) HostFile.Delete(_marker);
    }

    [Fact]
    public async Task Read_HostFileByAnyWay_NeverComesOut()
    {
        var up = string.Concat(Enumerable.Repeat("../", 30));
        await RunAsync($"ln -s {_marker} {Folder}/link; ln -s / {Folder}/root; ln -s {up} {Folder}/up; ln -s /proc/1/root {Folder}/one; ln -s {Path.GetDirectoryName(_marker)} {Folder}/dir", "root");
        string[] ways =
        [
            .. new[] { _marker, Folder + "/link", Folder + "/root" + _marker, Folder + "/up" + _marker, Folder + "/one" + _marker, Folder + "/dir/" + Path.GetFileName(_marker), "/" + up + _marker[1..], up + _marker[1..],
                "/proc/1/root" + _marker, "/proc/self/root" + _marker, "/proc/1/cwd/" + up + _marker[1..], "/proc/thread-self/root" + _marker, "/proc/self/cwd/" + up + _marker[1..] }.Select(Uri.EscapeDataString),
            .. Enumerable.Range(0, 12).Select(descriptor => Uri.EscapeDataString($"/proc/1/fd/{descriptor}/{up}{_marker[1..]}")),
            "..%2f..%2f..%2f..%2f..%2f..%2f" + _marker[1..].Replace("/", "%2f", StringComparison.Ordinal),
            "%2e%2e/%2e%2e/%2e%2e/%2e%2e/" + _marker[1..],
            "%252e%252e%252f%252e%252e%252f%252e%252e%252f" + _marker[1..],
            "..%5c..%5c..%5c" + _marker[1..],
        ];
        foreach (var way in ways)
        {
            foreach (var route in (string[])["files", "files/archive", "files/stat"])
            {
                var answer = await Api.GetAsync(Route($"{route}?path={way}"), Cancellation);
                Assert.False(answer.Status == HttpStatusCode.OK, $"{route} {way}: {answer.Text}");
                Assert.DoesNotContain(_secret, answer.Text, StringComparison.Ordinal);
                Assert.True(answer.Code is "file_not_found" or "permission_denied" or "invalid_path" or "not_a_directory", $"{route} {way}: {answer.Text}");
            }
        }
    }

    [Fact]
    public async Task WriteAndRemove_ThroughSymlinksToTheHost_ChangeNothingThere()
    {
        await RunAsync($"ln -s {_marker} {Folder}/link; ln -s {Path.GetDirectoryName(_marker)} {Folder}/dir", "root");
        foreach (var path in (string[])[Folder + "/link", Folder + "/dir/" + Path.GetFileName(_marker), "/proc/1/root" + _marker, _marker])
        {
            using var content = new StringContent("changed");
            using var answer = await Api.Http.PutAsync(File(path), content, Cancellation);
            await Api.DeleteAsync(File(path), Cancellation);
            await Api.PostAsync(Route("files/chmod"), new JsonObject { ["path"] = path, ["mode"] = "0000", ["recursive"] = true }, Cancellation);
            await Api.PostAsync(Route("files/move"), new JsonObject { ["from"] = path, ["to"] = Folder + "/moved", ["overwrite"] = true }, Cancellation);
            Assert.Equal(_secret, await HostFile.ReadAllTextAsync(_marker, Cancellation));
            Assert.Equal((UnixFileMode)0b110_110_110, HostFile.GetUnixFileMode(_marker));
        }

        await Api.DeleteAsync(File(Folder + "/dir") + "&recursive=true", Cancellation);
        Assert.Equal(_secret, await HostFile.ReadAllTextAsync(_marker, Cancellation));
    }

    [Fact]
    public async Task Read_EtcShadow_IsTheSandboxsOwn() => (await Api.GetAsync(File("/etc/shadow"), Cancellation)).ShouldBe(HttpStatusCode.NotFound, "file_not_found");

    [Theory]
    [InlineData("/tmp/a%00b")]
    [InlineData("%00")]
    [InlineData("")]
    public async Task EveryFileRoute_PathThatIsNone_IsRefused(string path)
    {
        foreach (var route in (string[])["files", "files/stat", "files/list", "files/archive", "files/watch"])
            (await Api.GetAsync(Route($"{route}?path={path}"), Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
        (await Api.SendAsync(HttpMethod.Put, Route($"files?path={path}"), "{}", Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
        (await Api.DeleteAsync(Route($"files?path={path}"), Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
    }

    [Fact]
    public async Task Files_OfNamesThatAreNoUtf8_AreEachTheirOwn()
    {
        foreach (var name in (string[])["caf%E9", "caf%EA"])
        {
            using var content = new StringContent(name);
            using var put = await Api.Http.PutAsync(Route($"files?path={Folder}/{name}"), content, Cancellation);
            Assert.True(put.IsSuccessStatusCode, name);
        }

        Assert.Equal("caf%E9", (await Api.GetAsync(Route($"files?path={Folder}/caf%E9"), Cancellation)).Text);
        Assert.Equal("caf%EA", await RunAsync($"cat \"$(printf '{Folder}/caf\\352')\""));
        var stat = await Api.GetAsync(Route($"files/stat?path={Folder}/caf%EA"), Cancellation);
        Assert.Equal($"{Folder}/caf\uFFFD", (string)stat.Json!["path"]!);
        Assert.Equal(0xEA, Convert.FromBase64String((string)stat.Json["rawPath"]!)[^1]);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync(Route($"files?path={Folder}/caf%E9"), Cancellation)).Status);
        Assert.Equal("1\n", await RunAsync($"ls {Folder} | wc -l"));
    }

    [Theory]
    [InlineData("/tmp/%zz")]
    [InlineData("/tmp/%")]
    public async Task Read_BrokenPercentEncoding_IsRefused(string path)
    {
        // By hand: .NET's own URLs mend such an encoding before they send it.
        var url = new Uri(Server.Real.Url);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(url.Host, url.Port, Cancellation);
        var head = $"GET {Route("files")}?path={path} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\nAuthorization: Bearer {Server.Real.ApiKey}\r\n\r\n";
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(head), Cancellation);
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_path\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryFileRoute_PathTooLong_IsRefused()
    {
        var long4096 = "/tmp" + string.Concat(Enumerable.Repeat("/abcdefg", 600));
        var longName = "/tmp/" + new string('n', 300);
        foreach (var path in (string[])[long4096, longName])
        {
            (await Api.GetAsync(File(path), Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
            (await Api.SendAsync(HttpMethod.Put, File(path), "{}", Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
            (await Api.PostAsync(Route("files/mkdir"), new JsonObject { ["path"] = path }, Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
        }

        (await Api.PostAsync(Route("files/mkdir"), new JsonObject { ["path"] = "/tmp/a\0b" }, Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
        (await Api.PostAsync(Route("files/move"), new JsonObject { ["from"] = "/tmp/a", ["to"] = "" }, Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/urandom")]
    [InlineData("pipe")]
    [InlineData("link-to-pipe")]
    public async Task Read_WhatHasNoEnd_IsRefusedAtOnce(string name)
    {
        await RunAsync($"mkfifo {Folder}/pipe; ln -s pipe {Folder}/link-to-pipe");
        var path = name.StartsWith('/') ? name : $"{Folder}/{name}";
        var clock = Stopwatch.StartNew();
        (await Api.GetAsync(File(path), Cancellation)).ShouldBe(HttpStatusCode.Conflict, "not_a_regular_file");
        using var ranged = new HttpRequestMessage(HttpMethod.Get, File(path)) { Headers = { Range = new(0, 99) } };
        using var part = await Api.Http.SendAsync(ranged, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, part.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync(File(path, "files/stat"), Cancellation)).Status);
        Assert.True(clock.Elapsed < Quick, $"took {clock.Elapsed}");
    }

    [Theory]
    [InlineData("/proc/kmsg")]
    [InlineData("/dev/kmsg")]
    [InlineData("/proc/kcore")]
    [InlineData("/dev/mem")]
    [InlineData("/proc/sysrq-trigger")]
    public async Task Read_KernelFiles_GivesNothingAndDoesNotHang(string path)
    {
        var clock = Stopwatch.StartNew();
        var answer = await Api.GetAsync(File(path), Cancellation);
        Assert.True(clock.Elapsed < Quick, $"took {clock.Elapsed}");
        Assert.True(answer.Status != HttpStatusCode.OK || answer.Text.Length == 0, $"{path}: {answer.Text.Length} bytes: {answer.Text[..Math.Min(answer.Text.Length, 200)]}");
        if (answer.Status != HttpStatusCode.OK) Assert.True(answer.Code is "file_not_found" or "permission_denied" or "not_a_regular_file", answer.Text);
    }

    [Fact]
    public async Task Remove_SymlinkToARootOfEverything_RemovesOnlyTheLink()
    {
        await RunAsync($"mkdir {Folder}/keep; touch {Folder}/keep/file; ln -s {Folder}/keep {Folder}/link; ln -s / {Folder}/all");
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync(File(Folder + "/link") + "&recursive=true", Cancellation)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync(File(Folder + "/all") + "&recursive=true", Cancellation)).Status);
        Assert.Equal("keep\n", await RunAsync($"ls {Folder}"));
        await RunAsync($"test -f {Folder}/keep/file && test -f /etc/passwd");
    }

    [Fact]
    public async Task List_SymlinkLoop_Ends()
    {
        await RunAsync($"ln -s . {Folder}/self; ln -s b {Folder}/a; ln -s a {Folder}/b");
        var listed = await Api.GetAsync(File(Folder, "files/list") + "&depth=64", Cancellation);
        Assert.Equal(3, listed.Json!["items"]!.AsArray().Count);
        Assert.True((await Api.GetAsync(File(Folder + "/a"), Cancellation)).Code is "invalid_path" or "file_not_found");
    }

    public sealed class Container(BadInputServer server) : PathTests(server, "container");

    public sealed class GVisor(BadInputServer server) : PathTests(server, "gvisor");
}

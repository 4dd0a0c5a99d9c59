using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>Uploads that break off, archives that lie, directories that are too large.</summary>
public abstract class UploadTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    private const int ManyFiles = 100_000;

    [Fact]
    public async Task Write_UploadCutHalfWay_LeavesTheOldFileAndNothingElse()
    {
        await PutAsync(Folder + "/file", "old");
        var url = new Uri(Server.Real.Url);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(url.Host, url.Port, Cancellation);
            var stream = client.GetStream();
            var head = $"PUT {File(Folder + "/file")} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {Server.Real.ApiKey}\r\nContent-Length: 2000000\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancellation);
            await stream.WriteAsync(new byte[1_000_000], Cancellation);
            await Eventually.HoldsAsync("the upload has begun", async () => (await NamesAsync()).Length > 1, Cancellation);
            client.Client.LingerState = new LingerOption(true, 0);
        }

        await Eventually.HoldsAsync("what was uploaded is gone", async () => await NamesAsync() is ["file"], Cancellation);
        Assert.Equal("old", await RunAsync($"cat {Folder}/file"));
    }

    [Fact]
    public async Task UploadArchive_CutHalfWay_SaysSo()
    {
        var tar = Tar(writer => writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream(new byte[100_000]) }));
        (await UploadAsync(tar[..50_000])).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await UploadAsync(Encoding.ASCII.GetBytes(new string('x', 2000)))).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await UploadAsync(tar, "tar.gz")).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        Assert.DoesNotContain("file", await NamesAsync());
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/tmp/evil-absolute")]
    public async Task UploadArchive_NameThatLeavesTheFolder_IsRefused(string name)
    {
        var answer = await UploadAsync(Tar(writer => writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("evil"u8.ToArray()) })));
        Assert.True(answer.Status == HttpStatusCode.BadRequest && answer.Code is "invalid_request" or "invalid_path", answer.Text);
        await RunAsync($"test ! -e /tmp/evil && test ! -e {Folder}/../evil && test ! -e /tmp/evil-absolute");
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../../../../etc")]
    [InlineData("/proc/1/root/etc")]
    public async Task UploadArchive_ThroughASymlinkItPlanted_StaysInside(string target)
    {
        await UploadAsync(Tar(writer =>
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = target });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "link/evil") { DataStream = new MemoryStream("evil"u8.ToArray()) });
        }));
        await RunAsync("test ! -e /etc/evil", "root");
        Assert.False(System.IO.File.Exists("/etc/evil"));
    }

    [Fact]
    public async Task UploadArchive_HardLinkOutside_IsRefused()
    {
        var answer = await UploadAsync(Tar(writer => writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "passwd") { LinkName = "/etc/passwd" })));
        Assert.NotEqual(HttpStatusCode.OK, answer.Status);
        Assert.NotNull(answer.Code);
        await RunAsync($"test ! -e {Folder}/passwd");
    }

    [Fact]
    public async Task UploadArchive_Device_IsRefused()
    {
        var answer = await UploadAsync(Tar(writer => writer.WriteEntry(new PaxTarEntry(TarEntryType.BlockDevice, "disk") { DeviceMajor = 8, DeviceMinor = 0 })));
        Assert.NotEqual(HttpStatusCode.OK, answer.Status);
        Assert.NotNull(answer.Code);
        await RunAsync($"test ! -e {Folder}/disk");
    }

    [Fact]
    public async Task List_HundredThousandFiles_IsBoundedAndComplete()
    {
        await RunAsync($"mkdir {Folder}/many && cd {Folder}/many && seq 1 {ManyFiles} | xargs -n 5000 touch");
        var some = (await Api.GetAsync(File(Folder + "/many", "files/list"), Cancellation)).Json!;
        Assert.Equal(10_000, some["items"]!.AsArray().Count);
        Assert.True((bool)some["truncated"]!);
        var all = (await Api.GetAsync(File(Folder + "/many", "files/list") + "&limit=200000", Cancellation)).Json!;
        Assert.False((bool)all["truncated"]!);
        Assert.Equal(ManyFiles, all["items"]!.AsArray().Select(item => (string)item!["name"]!).ToHashSet().Count);
        (await Api.DeleteAsync(File(Folder + "/many"), Cancellation)).ShouldBe(HttpStatusCode.Conflict, "directory_not_empty");
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync(File(Folder + "/many") + "&recursive=true", Cancellation)).Status);
        (await Api.GetAsync(File(Folder + "/many", "files/stat"), Cancellation)).ShouldBe(HttpStatusCode.NotFound, "file_not_found");
    }

    private async Task<Answer> UploadAsync(byte[] archive, string format = "tar")
    {
        using var content = new ByteArrayContent(archive);
        using var response = await Api.Http.PutAsync(File(Folder, "files/archive") + "&format=" + format, content, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return new Answer(response.StatusCode, JsonNode.Parse(text), text);
    }

    private async Task<string[]> NamesAsync() => (await RunAsync($"ls -A {Folder}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Tar(Action<TarWriter> write)
    {
        var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true)) write(writer);
        return bytes.ToArray();
    }

    public sealed class Container(BadInputServer server) : UploadTests(server, "container");

    public sealed class GVisor(BadInputServer server) : UploadTests(server, "gvisor");
}

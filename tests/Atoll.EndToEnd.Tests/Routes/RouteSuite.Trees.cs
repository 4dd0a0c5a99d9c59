using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Theory, Operation("uploadArchive", "downloadArchive")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    public async Task Archive_BothWays_KeepsContentModesAndLinks(string format)
    {
        var folder = $"/tmp/{Name("tree")}";
        var sent = new MemoryStream();
        await using (var packed = format == "tar" ? (Stream)sent : new GZipStream(sent, CompressionLevel.Fastest, leaveOpen: true))
        {
            var tar = new TarWriter(packed, leaveOpen: true);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "sub/run.sh") { DataStream = new MemoryStream("echo ran"u8.ToArray()), Mode = (UnixFileMode)0b111_101_101 }, Cancelled);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "sub/run.sh" }, Cancelled);
            await tar.DisposeAsync();
        }

        await ShellAsync($"mkdir {folder}");
        var url = $"{Root}/files/archive?path={folder}&format={format}";
        var unpacked = await OkAsync(PutAsync(url, sent.ToArray()));
        Assert.True((long)unpacked["entries"]! >= 2);
        Assert.Equal("ran user", Stdout(await ShellAsync($"{folder}/link; stat -c %U {folder}/sub/run.sh | tr -d '\\n' | sed 's/^/ /'")).Replace("\n", "", StringComparison.Ordinal));

        using var response = await SendAsync(HttpMethod.Get, url);
        Assert.Equal(new MediaTypeHeaderValue(format == "tar" ? "application/x-tar" : "application/gzip"), response.Content.Headers.ContentType);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancelled);
        await using var reader = new TarReader(format == "tar" ? stream : new GZipStream(stream, CompressionMode.Decompress));
        var entries = new Dictionary<string, string>();
        while (await reader.GetNextEntryAsync(copyData: true, Cancelled) is { } entry)
            entries[Path.GetFileName(entry.Name.TrimEnd('/'))] = entry.DataStream is null ? entry.LinkName : await new StreamReader(entry.DataStream).ReadToEndAsync(Cancelled);
        Assert.Equal(("echo ran", "sub/run.sh"), (entries["run.sh"], entries["link"]));
    }

    [Fact, Operation("watchFiles")]
    public async Task Watch_Recursive_TellsWhatHappens()
    {
        var folder = $"/tmp/{Name("watch")}";
        await ShellAsync($"mkdir -p {folder}/sub");
        var names = new List<string>();
        await foreach (var change in _api.FollowAsync($"{Root}/files/watch?path={folder}&recursive=true", Cancelled))
        {
            if (change.Name == "watching")
            {
                await ShellAsync($"echo x > {folder}/sub/new; rm {folder}/sub/new; mkdir {folder}/last");
                continue;
            }

            names.Add($"{change.Name} {Path.GetFileName(change.Text("path"))}");
            if (names[^1] == "created last") break;
        }

        Assert.Contains("created new", names);
        Assert.Contains("removed new", names);
    }
}

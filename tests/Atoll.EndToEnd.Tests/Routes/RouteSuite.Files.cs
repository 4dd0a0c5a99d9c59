using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("writeFile", "readFile", "headFile")]
    public async Task Files_WrittenAndRead_AreTheSameBytesAlsoInParts()
    {
        var bytes = new byte[300_000];
        Random.Shared.NextBytes(bytes);
        var path = FileUrl($"/tmp/{Name("deep")}/a b/é.bin");
        var written = await OkAsync(PutAsync(path + "&mode=640", bytes));
        Assert.Equal((300_000, "file", "user"), ((long)written["sizeBytes"]!, (string)written["kind"]!, (string)written["user"]!));
        Assert.EndsWith("640", (string)written["mode"]!, StringComparison.Ordinal);

        using var all = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(bytes, await all.Content.ReadAsByteArrayAsync(Cancelled));
        using var part = await SendAsync(HttpMethod.Get, path, new RangeHeaderValue(1000, 1999));
        Assert.Equal((HttpStatusCode.PartialContent, "bytes 1000-1999/300000"), (part.StatusCode, part.Content.Headers.ContentRange?.ToString()));
        Assert.Equal(bytes[1000..2000], await part.Content.ReadAsByteArrayAsync(Cancelled));
        using var tail = await SendAsync(HttpMethod.Get, path, new RangeHeaderValue(null, 10));
        Assert.Equal(bytes[^10..], await tail.Content.ReadAsByteArrayAsync(Cancelled));
        using var beyond = await SendAsync(HttpMethod.Get, path, new RangeHeaderValue(300_000, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal((HttpStatusCode.OK, 300_000L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact, Operation("writeFile")]
    public async Task Files_WrittenWithoutOverwriteOrParents_KeepWhatIsThere()
    {
        var folder = $"/tmp/{Name("keep")}";
        (await PutAsync(FileUrl($"{folder}/a") + "&parents=false", "x"u8.ToArray())).ShouldBe(HttpStatusCode.NotFound, "file_not_found");
        await OkAsync(PutAsync(FileUrl($"{folder}/a") + "&owner=root", "first"u8.ToArray()));
        (await PutAsync(FileUrl($"{folder}/a") + "&overwrite=false", "second"u8.ToArray())).ShouldBe(HttpStatusCode.Conflict, "file_exists");
        Assert.Equal("first root", Stdout(await ShellAsync($"cat {folder}/a; echo ' '$(stat -c %U {folder}/a)")));
    }

    [Fact, Operation("removeFile", "statFile", "makeDirectory")]
    public async Task Files_Removed_AreGoneAndFullDirectoriesOnlyWhenAsked()
    {
        var folder = $"/tmp/{Name("gone")}";
        var made = await OkAsync(PostAsync("/files/mkdir", new() { ["path"] = folder + "/in", ["mode"] = "0750", ["owner"] = "root:user" }));
        Assert.Equal(("directory", "root", "user"), ((string)made["kind"]!, (string)made["user"]!, (string)made["group"]!));
        (await _api.DeleteAsync(FileUrl(folder), Cancelled)).ShouldBe(HttpStatusCode.Conflict, "directory_not_empty");
        await OkAsync(_api.DeleteAsync(FileUrl(folder) + "&recursive=true", Cancelled), HttpStatusCode.NoContent);
        (await _api.GetAsync($"{Root}/files/stat?path={folder}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "file_not_found");
    }

    [Fact, Operation("statFile", "listFiles")]
    public async Task Files_Listed_ShowKindsDepthAndPattern()
    {
        var folder = $"/tmp/{Name("list")}";
        await ShellAsync($"mkdir -p {folder}/sub && cd {folder} && echo 12345 > a.txt && touch sub/b.txt sub/c.log && ln -s a.txt link && mkfifo pipe");
        Assert.Equal(["a.txt file", "link symlink", "pipe fifo", "sub directory"], (await ListAsync(folder, "")).Order(StringComparer.Ordinal));
        Assert.Equal(["a.txt file", "b.txt file"], (await ListAsync(folder, "&depth=2&pattern=*.txt")).Order(StringComparer.Ordinal));
        var few = await GetAsync($"/files/list?path={folder}&limit=2");
        Assert.Equal((2, true), (((JsonArray)few["items"]!).Count, (bool)few["truncated"]!));

        var link = await GetAsync($"/files/stat?path={folder}/link&follow=false");
        Assert.Equal(("symlink", "a.txt"), ((string)link["kind"]!, (string)link["symlinkTarget"]!));
        Assert.Equal(("file", 6), ((string)(await GetAsync($"/files/stat?path={folder}/link"))["kind"]!, (long)(await GetAsync($"/files/stat?path={folder}/link"))["sizeBytes"]!));
    }

    [Fact, Operation("moveFile", "copyFile", "chmodFile", "chownFile")]
    public async Task Files_MovedCopiedAndChanged_AreAsTheShellSeesThem()
    {
        var folder = $"/tmp/{Name("move")}";
        await ShellAsync($"mkdir -p {folder}/tree/sub && echo body > {folder}/tree/sub/f && echo other > {folder}/there");
        await OkAsync(PostAsync("/files/copy", new() { ["from"] = $"{folder}/tree", ["to"] = $"{folder}/copy", ["recursive"] = true }));
        (await PostAsync("/files/move", new() { ["from"] = $"{folder}/copy/sub/f", ["to"] = $"{folder}/there" })).ShouldBe(HttpStatusCode.Conflict, "file_exists");
        await OkAsync(PostAsync("/files/move", new() { ["from"] = $"{folder}/copy/sub/f", ["to"] = $"{folder}/there", ["overwrite"] = true }));
        await OkAsync(PostAsync("/files/chmod", new() { ["path"] = $"{folder}/there", ["mode"] = "4711" }), HttpStatusCode.NoContent);
        await OkAsync(PostAsync("/files/chown", new() { ["path"] = $"{folder}/tree", ["owner"] = "nobody:nogroup", ["recursive"] = true }), HttpStatusCode.NoContent);
        Assert.Equal("body 4711 nobody:nogroup body", Stdout(await ShellAsync(
            $"cd {folder}; [ ! -e copy/sub/f ] && echo $(cat there) $(stat -c %a there) $(stat -c %U:%G tree/sub/f) $(cat tree/sub/f)", user: "root")));
    }

    [Fact, Operation("findFiles", "replaceText")]
    public async Task Files_FoundAndReplaced_ByNameAndContent()
    {
        var folder = $"/tmp/{Name("find")}";
        await ShellAsync($"mkdir -p {folder}/d && cd {folder} && printf 'one\\nTwo 22\\n' > a.txt && printf 'two 2\\n' > d/b.txt && echo two > d/c.log");
        var found = await OkAsync(PostAsync("/files/find", new() { ["path"] = folder, ["name"] = "*.txt", ["text"] = "two [0-9]+", ["regex"] = true, ["ignoreCase"] = true }));
        Assert.Equal(["a.txt:2:Two 22", "b.txt:1:two 2"], Items(found).Select(item => $"{Path.GetFileName((string)item["path"]!)}:{item["line"]}:{item["text"]}").Order(StringComparer.Ordinal));
        Assert.Equal(2, Items(await OkAsync(PostAsync("/files/find", new() { ["path"] = folder, ["name"] = "?.txt" }))).Count());

        var replaced = Items(await OkAsync(PostAsync("/files/replace", new() { ["paths"] = new JsonArray($"{folder}/d/b.txt", $"{folder}/none"), ["search"] = "two", ["replacement"] = "three" }))).ToList();
        Assert.Equal((1, "file_not_found"), ((int)replaced[0]["replaced"]!, (string)replaced[1]["error"]!["code"]!));
        Assert.Equal("three 2", Stdout(await ShellAsync($"cat {folder}/d/b.txt")));
    }

    private string FileUrl(string path) => $"{Root}/files?path={Uri.EscapeDataString(path)}";

    private async Task<Answer> PutAsync(string url, byte[] bytes)
    {
        using var response = await _api.Http.PutAsync(url, new ByteArrayContent(bytes), Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        return new Answer(response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, text);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, RangeHeaderValue? range = null)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Range = range;
        return _api.Http.SendAsync(request, Cancelled);
    }

    private async Task<IEnumerable<string>> ListAsync(string folder, string query) =>
        Items(await GetAsync($"/files/list?path={folder}{query}")).Select(item => $"{item["name"]} {item["kind"]}");

    private static IEnumerable<JsonNode> Items(JsonNode reply) => ((JsonArray)reply["items"]!).Select(item => item!);
}

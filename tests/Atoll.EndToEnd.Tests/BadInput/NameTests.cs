using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>Names that are no UTF-8: each is told, and taken, as the bytes it is, so that no two are one.</summary>
public abstract class NameTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    [Fact]
    public async Task Answers_OfEachRoute_TellNamesApart()
    {
        await RunAsync($"cd {Folder}; printf one > \"$(printf 'caf\\351')\"; printf two > \"$(printf 'caf\\352')\"; ln -s \"$(printf 'caf\\352')\" link; printf three > plain");
        var listed = (await OkAsync(Api.GetAsync(Route($"files/list?path={Folder}"), Cancellation)))["items"]!.AsArray();
        Assert.Equal([Raw("/caf", 0xE9), Raw("/caf", 0xEA)], RawOf(listed));
        Assert.Equal(2, listed.Count(entry => (string)entry!["path"]! == $"{Folder}/caf\uFFFD"));
        Assert.Null(listed.Single(entry => (string)entry!["name"]! == "plain")!["rawPath"]);
        var link = await OkAsync(Api.GetAsync(Route($"files/stat?path={Folder}/link&follow=false"), Cancellation));
        Assert.Equal(("caf\uFFFD", Convert.ToBase64String([.. "caf"u8, 0xEA])), ((string)link["symlinkTarget"]!, (string)link["rawSymlinkTarget"]!));
        Assert.Equal([Raw("/caf", 0xE9), Raw("/caf", 0xEA)], RawOf((await OkAsync(Api.PostAsync(Route("files/find"), new JsonObject { ["path"] = Folder, ["name"] = "caf*" }, Cancellation)))["items"]!.AsArray()));
    }

    [Fact]
    public async Task Bodies_WithBytes_AreAboutThatFileAlone()
    {
        await RunAsync($"cd {Folder}; printf one > \"$(printf 'caf\\351')\"; printf one > \"$(printf 'caf\\352')\"");
        var replaced = (await OkAsync(Api.PostAsync(Route("files/replace"), new JsonObject { ["rawPaths"] = new JsonArray(Raw("/caf", 0xE9)), ["search"] = "one", ["replacement"] = "1" }, Cancellation)))["items"]!.AsArray();
        Assert.Equal([Raw("/caf", 0xE9)], RawOf(replaced));
        await OkAsync(Api.PostAsync(Route("files/mkdir"), new JsonObject { ["rawPath"] = Raw("/d", 0xFF) }, Cancellation));
        await OkAsync(Api.PostAsync(Route("files/move"), new JsonObject { ["rawFrom"] = Raw("/caf", 0xE9), ["rawTo"] = Raw("/m", 0xFE) }, Cancellation));
        await OkAsync(Api.PostAsync(Route("files/copy"), new JsonObject { ["rawFrom"] = Raw("/m", 0xFE), ["to"] = Folder + "/copy" }, Cancellation));
        Assert.Equal(HttpStatusCode.NoContent, (await Api.PostAsync(Route("files/chmod"), new JsonObject { ["rawPath"] = Raw("/m", 0xFE), ["mode"] = "600" }, Cancellation)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.PostAsync(Route("files/chown"), new JsonObject { ["rawPath"] = Raw("/m", 0xFE), ["owner"] = "root" }, Cancellation)).Status);
        Assert.Equal("1 600 root 1 one 4\n", await RunAsync($"cd {Folder}; m=$(printf 'm\\376'); echo $(cat $m) $(stat -c '%a %U' $m) $(cat copy) $(cat \"$(printf 'caf\\352')\") $(ls | wc -l); test -d \"$(printf 'd\\377')\"", "root"));

        (await Api.PostAsync(Route("files/mkdir"), new JsonObject { ["path"] = Folder + "/x", ["rawPath"] = Raw("/x", 0x79) }, Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await Api.PostAsync(Route("files/mkdir"), new JsonObject(), Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        foreach (var raw in (string[])["", "?", "AA==", Convert.ToBase64String(new byte[5000])]) (await Api.PostAsync(Route("files/mkdir"), new JsonObject { ["rawPath"] = raw }, Cancellation)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
    }

    [Fact]
    public async Task WatchAndDiff_OfSuchNames_HaveTheirBytes()
    {
        using var watch = await Api.Http.GetAsync(Route($"files/watch?path={Folder}"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using StreamReader events = new(await watch.Content.ReadAsStreamAsync(Cancellation), Encoding.UTF8);
        await ReadUntilAsync(events, "watching");
        var checkpoint = (string)(await Api.PostAsync(Route("checkpoints"), new JsonObject(), Cancellation)).Json!["id"]!;
        await RunAsync($"cd {Folder}; printf one > \"$(printf 'caf\\351')\"; rm \"$(printf 'caf\\351')\"; printf two > \"$(printf 'caf\\352')\"");
        await ReadUntilAsync(events, Raw("/caf", 0xE9));
        await ReadUntilAsync(events, Raw("/caf", 0xEA));
        var added = (await OkAsync(Api.GetAsync($"/v1/checkpoints/{checkpoint}/diff", Cancellation)))["added"]!.AsArray();
        Assert.Equal([Raw("/caf", 0xEA)], RawOf(added));
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/checkpoints/{checkpoint}", Cancellation)).Status);
    }

    private static string[] RawOf(JsonArray items) => [.. items.Select(item => (string?)item!["rawPath"]).OfType<string>().Order(StringComparer.Ordinal)];

    private static async Task<JsonNode> OkAsync(Task<Answer> asked)
    {
        var answer = await asked;
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    private static async Task ReadUntilAsync(StreamReader events, string text)
    {
        while (await events.ReadLineAsync(Cancellation) is { } line)
        {
            // Plus signs are escaped in JSON.
            if (line.Replace("\\u002B", "+", StringComparison.Ordinal).Contains(text, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"The watch ended before '{text}'.");
    }

    private string Raw(string name, byte last) => Convert.ToBase64String([.. Encoding.UTF8.GetBytes(Folder + name), last]);

    public sealed class Container(BadInputServer server) : NameTests(server, "container");

    public sealed class GVisor(BadInputServer server) : NameTests(server, "gvisor");
}

using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

/// <summary>Charts as data, with the real matplotlib, which no template of ours has.</summary>
public sealed class ChartTests(CodeServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_CodeThatPlots_GivesPicturesAndWhatTheyShow()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ATOLL_TEST_CHARTS") == "1", "installs matplotlib from Debian's mirror, which takes minutes: ATOLL_TEST_CHARTS=1 runs it");
        Requires.Tool("runc");
        using var api = await server.ReadyAsync(Cancelled);
        var id = await api.CreateAsync(new() { ["template"] = "default", ["isolation"] = "container", ["memoryMiB"] = 2048 }, Cancelled);
        var install = await api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "apt-get update && apt-get install -y --no-install-recommends python3-matplotlib", ["user"] = "root", ["tag"] = "install" }, Cancelled);
        var (_, errors, exit) = await api.ReadToExitAsync($"/v1/sandboxes/{id}/processes/{(int)install.Json!["pid"]!}/output", Cancelled);
        Assert.True((int)exit.Data["exitCode"]! == 0, errors);

        await ShowsAsync(api, id, "plt.plot([1, 2], [3, float('nan')], label='a'); plt.title('T'); plt.xlabel('t (s)')", """{"type":"line","title":"T","xLabel":"t (s)","xUnit":"s","xScale":"linear"}""", """[{"label":"a","points":[[1,3.0],[2,null]]}]""");
        await ShowsAsync(api, id, "plt.scatter([1], [2]); plt.yscale('log')", """{"type":"scatter","yScale":"log"}""", """[{"label":"series 1","points":[[1.0,2.0]]}]""");
        await ShowsAsync(api, id, "plt.bar(['x', 'y'], [1, 2], label='g')", """{"type":"bar","xScale":"categorical"}""", """[{"label":"x","value":1.0,"group":"g"},{"label":"y","value":2.0,"group":"g"}]""");
        await ShowsAsync(api, id, "plt.pie([1, 3], labels=['x', 'y'])", """{"type":"pie"}""", """[{"label":"x","angle":90.0,"radius":1.0},{"label":"y","angle":270.0,"radius":1.0}]""");
        await ShowsAsync(api, id, "plt.boxplot([[1, 2, 3, 4, 50]], labels=['p'])", """{"type":"box_and_whisker"}""", """[{"label":"p","min":1.0,"firstQuartile":2.0,"median":3.0,"thirdQuartile":4.0,"max":4.0,"outliers":[50.0]}]""");
        await ShowsAsync(api, id, "import datetime; plt.plot([datetime.date(2020, 1, 1)], [1])", """{"type":"line","xScale":"datetime"}""", """[{"label":"series 1","points":[["2020-01-01",1]]}]""");
        await ShowsAsync(api, id, "figure, both = plt.subplots(1, 2); both[0].plot([1], [2]); both[1].bar([1], [2]); figure.suptitle('two')", """{"type":"superchart","title":"two"}""", null);
        await api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }

    private static async Task ShowsAsync(Api api, string id, string code, string head, string? elements)
    {
        var done = (await api.PostAsync($"/v1/sandboxes/{id}/code", new JsonObject { ["code"] = "import matplotlib.pyplot as plt\n" + code + "; None" }, Cancelled)).Json!;
        Assert.True(done["error"] is null, done.ToJsonString());
        var result = Assert.Single((JsonArray)done["results"]!)!;
        Assert.Equal("PNG"u8.ToArray(), Convert.FromBase64String((string)result["png"]!)[1..4]);
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(head)!) Assert.Equal(value!.ToJsonString(), result["chart"]![name]?.ToJsonString());
        if (elements is not null) Assert.Equal(elements, result["chart"]!["elements"]!.ToJsonString());
    }
}

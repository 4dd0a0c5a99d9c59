using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("exposePort", "closePort")]
    public async Task Port_ExposedAndClosed_IsReachedInBetween()
    {
        await StartAsync(new() { ["command"] = "mkdir -p /tmp/www && echo page > /tmp/www/index.html && exec httpd -f -p 127.0.0.1:8125 -h /tmp/www" });
        var visit = $"/p/{_id}/8125/";
        await Eventually.HoldsAsync("the key opens it", async () => (await _api.GetAsync(visit, Cancelled)).Text == "page\n", Cancelled);
        using var anybody = new Api(server.Server.Url, "");
        (await anybody.GetAsync(visit, Cancelled)).ShouldBe(HttpStatusCode.NotFound, "not_found");
        var exposed = await OkAsync(PostAsync("/ports/8125", new() { ["ttlSeconds"] = 600 }));
        Assert.Equal((_id, 8125, false), ((string)exposed["sandbox"]!, (int)exposed["port"]!, (bool)exposed["public"]!));
        Assert.EndsWith($"/p/{_id}/8125/", (string)exposed["pathUrl"]!, StringComparison.Ordinal);
        Assert.Equal("page\n", (await anybody.GetAsync($"{visit}?atoll_port_token={exposed["token"]}", Cancelled)).Text);
        var listed = Items(await GetAsync("/ports")).Single(port => (int)port["port"]! == 8125);
        Assert.Equal(("127.0.0.1", false), ((string)listed["address"]!, (bool)listed["exposed"]!["public"]!));
        (await _api.PostAsync(Root + "/ports/0", new JsonObject(), Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync(Root + "/ports/8125", new JsonObject { ["ttlSeconds"] = -1 }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        await OkAsync(_api.DeleteAsync(Root + "/ports/8125", Cancelled), HttpStatusCode.NoContent);
        (await anybody.GetAsync($"{visit}?atoll_port_token={exposed["token"]}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "not_found");
    }
}

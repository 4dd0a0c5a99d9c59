using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>Creates that cannot be: each is refused with its code and the field that is wrong, and nothing is made.</summary>
public sealed class RequestTests(BadInputServer server) : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        await server.NeighbourAsync("container");
    }

    public async ValueTask DisposeAsync() => await server.ShouldBeUnaffectedAsync("container", CancellationToken.None);

    [Theory]
    [InlineData("""{"nmae":"web"}""", "nmae")]
    [InlineData("""{"lifecycle":{"timeout":5}}""", "lifecycle.timeout")]
    [InlineData("""{"cpu":1,"cpu":2}""", "cpu")]
    [InlineData("""{"Name":"web"}""", "Name")]
    public Task CreateSandbox_UnknownOrDoubleField_IsNamed(string body, string field) => ShouldNameAsync(body, field);

    [Theory]
    [InlineData("""{"cpu":"two"}""", "cpu")]
    [InlineData("""{"cpu":"NaN"}""", "cpu")]
    [InlineData("""{"memoryMiB":1.5}""", "memoryMiB")]
    [InlineData("""{"memoryMiB":true}""", "memoryMiB")]
    [InlineData("""{"env":["A=1"]}""", "env")]
    [InlineData("""{"env":{"A":1}}""", "env.A")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"network":{"egress":{"default":"maybe"}}}""", "network.egress.default")]
    [InlineData("""{"isolation":"chroot"}""", "isolation")]
    [InlineData("""{"isolation":1}""", "isolation")]
    public Task CreateSandbox_WrongType_IsNamed(string body, string field) => ShouldNameAsync(body, field);

    [Theory]
    [InlineData("""{"cpu":-1}""", "cpu")]
    [InlineData("""{"cpu":0}""", "cpu")]
    [InlineData("""{"cpu":1e999}""", "cpu")]
    [InlineData("""{"memoryMiB":-256}""", "memoryMiB")]
    [InlineData("""{"memoryMiB":9223372036854775807}""", "memoryMiB")]
    [InlineData("""{"memoryMiB":92233720368547758080}""", "memoryMiB")]
    [InlineData("""{"diskMiB":4611686018427387904}""", "diskMiB")]
    [InlineData("""{"processes":4294967297}""", "processes")]
    [InlineData("""{"processes":-2147483648}""", "processes")]
    [InlineData("""{"lifecycle":{"timeoutSeconds":-1}}""", "lifecycle.timeoutSeconds")]
    [InlineData("""{"lifecycle":{"timeoutSeconds":2147483648}}""", "lifecycle.timeoutSeconds")]
    [InlineData("""{"lifecycle":{"idleSeconds":-0.5,"onIdle":"delete"}}""", "lifecycle.idleSeconds")]
    [InlineData("""{"user":"4294967296"}""", "user")]
    [InlineData("""{"user":"1000:-1"}""", "user")]
    [InlineData("""{"workdir":"home"}""", "workdir")]
    [InlineData("""{"name":"../web"}""", "name")]
    [InlineData("""{"env":{"A=B":"1"}}""", "env")]
    [InlineData("""{"env":{"A":"\u0000"}}""", "env")]
    public Task CreateSandbox_ValueOutOfRange_IsNamed(string body, string field) => ShouldNameAsync(body, field);

    [Fact]
    public async Task CreateSandbox_SeveralMistakes_AreAllNamed()
    {
        var answer = await CreateAsync("""{"template":"minimal","cpu":-1,"memoryMiB":1,"name":"A B","lifecycle":{"timeoutSeconds":-1}}""");
        answer.ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal(["cpu", "lifecycle.timeoutSeconds", "memoryMiB", "name"], answer.Json!["errors"]!.AsObject().Select(pair => pair.Key).Order());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("nonsense")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    public async Task CreateSandbox_NoJsonObject_IsRefused(string body) => (await CreateAsync(body)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");

    [Fact]
    public async Task CreateSandbox_NestedTooDeep_IsRefused() =>
        (await CreateAsync("""{"metadata":""" + string.Concat(Enumerable.Repeat("{\"a\":", 20_000)) + "1" + new string('}', 20_001))).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");

    [Fact]
    public async Task CreateSandbox_TenMegabytesOfEnv_IsTooLarge()
    {
        var body = new JsonObject { ["template"] = "minimal", ["env"] = new JsonObject { ["BIG"] = new string('x', 10_000_000) } };
        (await CreateAsync(body.ToJsonString())).ShouldBe(HttpStatusCode.RequestEntityTooLarge, "request_too_large");
    }

    [Fact]
    public async Task CreateSandbox_EnvBeyondWhatExecTakes_IsNamed()
    {
        var body = new JsonObject { ["template"] = "minimal", ["env"] = new JsonObject { ["BIG"] = new string('x', 200_000) } };
        await ShouldNameAsync(body.ToJsonString(), "env");
    }

    [Fact]
    public async Task CreateSandbox_NameTaken_IsAConflictThatSaysSo()
    {
        var body = BadInputServer.Small("container");
        body["name"] = "neighbour-container";
        (await CreateAsync(body.ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "name_taken");
    }

    [Theory]
    [InlineData("no-such-template")]
    [InlineData("../../etc")]
    [InlineData("")]
    public async Task CreateSandbox_UnknownTemplate_IsNotFound(string template) =>
        (await CreateAsync(new JsonObject { ["template"] = template }.ToJsonString())).ShouldBe(HttpStatusCode.NotFound, "template_not_found");

    [Fact]
    public async Task CreateSandbox_IsolationNotThereYet_SaysWhichThereAre()
    {
        var answer = await CreateAsync("""{"template":"minimal","isolation":"microvm"}""");
        answer.ShouldBe(HttpStatusCode.BadRequest, "not_supported");
        Assert.Contains("gvisor", (string?)answer.Json!["errors"]!["isolation"]);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("s0123456789abcdefghij")]
    [InlineData("..%2f..%2fetc")]
    [InlineData("%ff")]
    public async Task GetSandbox_NoSuchId_IsNotFound(string id) => (await server.Api.GetAsync($"/v1/sandboxes/{id}", Cancellation)).ShouldBe(HttpStatusCode.NotFound, "sandbox_not_found");

    // The HTTP server itself takes no NUL in the path of a URL, before anything of ours could word an answer.
    [Fact]
    public async Task GetSandbox_NulInUrl_IsRefused() => Assert.Equal(HttpStatusCode.BadRequest, (await server.Api.GetAsync("/v1/sandboxes/%00", Cancellation)).Status);

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1e9")]
    [InlineData("limit=-1")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("cursor=nonsense")]
    [InlineData("state=alive")]
    public async Task ListSandboxes_BadQuery_NamesIt(string query)
    {
        var answer = await server.Api.GetAsync($"/v1/sandboxes?{query}", Cancellation);
        answer.ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Contains(query[..query.IndexOf('=')], answer.Json!["errors"]!.AsObject().Select(pair => pair.Key));
    }

    private async Task ShouldNameAsync(string body, string field)
    {
        var before = await CountAsync();
        var answer = await CreateAsync(body.Contains("template", StringComparison.Ordinal) ? body : """{"template":"minimal",""" + body[1..]);
        answer.ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json!["errors"]!.AsObject().ContainsKey(field), answer.Text);
        Assert.Equal(before, await CountAsync());
    }

    private Task<Answer> CreateAsync(string body) => server.Api.SendAsync(HttpMethod.Post, "/v1/sandboxes", body, Cancellation);

    // Not the newest of all: other tests of this server make sandboxes at the same time.
    private async Task<int> CountAsync() => (await server.Api.GetAsync("/v1/sandboxes?name=web&state=creating,running,failed,deleted", Cancellation)).Json!["items"]!.AsArray().Count;
}

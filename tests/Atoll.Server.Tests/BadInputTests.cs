using System.Text;

namespace Atoll.Server.Tests;

public sealed class BadInputTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"nam":"x"}""", "invalid_request", "nam")]
    [InlineData("""{"lifecycle":{"timeout":1}}""", "invalid_request", "lifecycle.timeout")]
    [InlineData("""{"cpu":"two"}""", "invalid_request", "cpu")]
    [InlineData("""{"memoryMiB":1.5}""", "invalid_request", "memoryMiB")]
    [InlineData("""{"memoryMiB":99999999999999999999}""", "invalid_request", "memoryMiB")]
    [InlineData("""{"cpu":1e999}""", "invalid_request", "cpu")]
    [InlineData("""{"lifecycle":{"timeoutSeconds":1e999}}""", "invalid_request", "lifecycle.timeoutSeconds")]
    [InlineData("""{"env":{"A":1}}""", "invalid_request", "env.A")]
    [InlineData("""{"env":["A"]}""", "invalid_request", "env")]
    [InlineData("""{"isolation":"vm"}""", "invalid_request", "isolation")]
    [InlineData("""{"isolation":0}""", "invalid_request", "isolation")]
    [InlineData("""{"name":"a","name":"b"}""", "invalid_request", "name")]
    [InlineData("""{"Name":"a"}""", "invalid_request", "Name")]
    [InlineData("""{"count":0}""", "invalid_request", "count")]
    [InlineData("""{"count":2}""", "not_supported", "count")]
    [InlineData("""{"isolation":"microvm"}""", "not_supported", "isolation")]
    [InlineData("""{"gpus":1}""", "not_supported", "gpus")]
    [InlineData("""{"secrets":[{"secret":"s"}]}""", "not_supported", "secrets")]
    [InlineData("""{"network":{"join":["n"]}}""", "not_supported", "network.join")]
    [InlineData("""{"network":{"egress":{"allow":["x"]}}}""", "not_supported", "network.egress.allow")]
    [InlineData("""{"network":{"egress":{"rules":[{"a":1}]}}}""", "not_supported", "network.egress.rules")]
    [InlineData("""{"lifecycle":{"onTimeout":"archive"}}""", "not_supported", "lifecycle.onTimeout")]
    [InlineData("""{"lifecycle":{"onIdle":"archive"}}""", "not_supported", "lifecycle.onIdle")]
    [InlineData("""{"lifecycle":{"wakeOn":["api","alarm"]}}""", "invalid_request", "lifecycle.wakeOn")]
    public async Task Create_BadField_IsNamed(string body, string code, string field)
    {
        using var client = server.Client();
        using var response = await client.PostAsync("/v1/sandboxes", ServerFixture.Json(body), Cancellation);
        var problem = await ServerFixture.ProblemAsync(response, 400, code);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"cpu":NaN}""")]
    [InlineData("""{"cpu":1}x""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public async Task Create_BrokenJson_IsInvalidRequest(string body)
    {
        using var client = server.Client();
        using var response = await client.PostAsync("/v1/sandboxes", ServerFixture.Json(body), Cancellation);
        await ServerFixture.ProblemAsync(response, 400, "invalid_request");
    }

    [Fact]
    public async Task Create_DeepJson_IsRefused()
    {
        using var client = server.Client();
        var deep = "{\"network\":{\"egress\":{\"rules\":" + new string('[', 10_000) + new string(']', 10_000) + "}}}";
        using var response = await client.PostAsync("/v1/sandboxes", ServerFixture.Json(deep), Cancellation);
        var problem = await ServerFixture.ProblemAsync(response, 400, "invalid_request");
        Assert.Contains("deep", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Create_TenMegabytesOfEnvironment_IsTooLarge(bool chunked)
    {
        using var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sandboxes") { Content = ServerFixture.Json("{\"env\":{\"A\":\"" + new string('x', 10_000_000) + "\"}}") };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request, Cancellation);
        await ServerFixture.ProblemAsync(response, 413, "request_too_large");
    }

    [Fact]
    public async Task Create_EmptyAndDefaultFieldsOfLaterFeatures_AreAccepted()
    {
        using var client = server.Client();
        using var response = await client.PostAsync("/v1/sandboxes", ServerFixture.Json("""
            {"checkpoint":null,"volumes":[],"secrets":[],"gpus":0,"count":1,"lifecycle":{"idleSeconds":0,"onIdle":"suspend","wakeOn":["api","http"]},
             "network":{"egress":{"default":"deny","allow":[],"deny":[],"rules":[]},"join":[],"publicPorts":[]}}
            """), Cancellation);
        Assert.Equal(201, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("taken", 409, "name_taken")]
    [InlineData("full", 503, "capacity_exhausted")]
    [InlineData("bug", 500, "internal_error")]
    public async Task Create_Failure_IsAProblem(string name, int status, string code)
    {
        using var client = server.Client();
        using var response = await client.PostAsync("/v1/sandboxes", ServerFixture.Json($$"""{"name":"{{name}}"}"""), Cancellation);
        var problem = await ServerFixture.ProblemAsync(response, status, code);
        Assert.DoesNotContain("secret detail", problem.ToString(), StringComparison.Ordinal);
        if (status == 503) Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("GET", "/v1/nowhere", 404, "not_found")]
    [InlineData("PUT", "/v1/sandboxes", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/sandboxes?limit=abc", 400, "invalid_request")]
    [InlineData("GET", "/v1/sandboxes?limit=0", 400, "invalid_request")]
    [InlineData("GET", "/v1/sandboxes?limit=99999999999999", 400, "invalid_request")]
    [InlineData("GET", "/v1/sandboxes?limit=1&limit=2", 400, "invalid_request")]
    [InlineData("GET", "/v1/sandboxes?stat=running", 400, "invalid_request")]
    [InlineData("GET", "/v1/sandboxes?state=asleep", 400, "invalid_request")]
    [InlineData("GET", "/v1/events?cursor=-1", 400, "invalid_request")]
    [InlineData("GET", "/v1/operations/op_x", 404, "not_found")]
    [InlineData("DELETE", "/v1/keys/key_none", 404, "key_not_found")]
    public async Task Request_Wrong_IsAProblem(string method, string path, int status, string code)
    {
        using var client = server.Client();
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await client.SendAsync(request, Cancellation);
        await ServerFixture.ProblemAsync(response, status, code);
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/json", "gzip")]
    public async Task Create_OtherMediaTypeOrEncoding_IsRefused(string type, string? encoding)
    {
        using var client = server.Client();
        using var content = new StringContent("{}", Encoding.UTF8, type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        using var response = await client.PostAsync("/v1/sandboxes", content, Cancellation);
        await ServerFixture.ProblemAsync(response, 415, "unsupported_media_type");
    }

    [Theory]
    [InlineData("path=%00", "invalid_path")]
    [InlineData("path=%2", "invalid_path")]
    [InlineData("path=%zz", "invalid_path")]
    [InlineData("path=", "invalid_path")]
    [InlineData("", "invalid_request")]
    [InlineData("path=a&path=b", "invalid_request")]
    public async Task ReadFile_BadPath_IsRefused(string query, string code)
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var response = await client.GetAsync(new Uri($"{server.Url}v1/sandboxes/{id}/files?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), Cancellation);
        await ServerFixture.ProblemAsync(response, 400, code);
    }

    [Fact]
    public async Task WriteFile_BodyStopsComing_IsGivenUp()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var slow = new System.Net.Sockets.TcpClient();
        await slow.ConnectAsync(server.Url.Host, server.Url.Port, Cancellation);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PUT /v1/sandboxes/{id}/files?path=/slow HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.OwnKey}\r\nContent-Length: 100\r\n\r\nx"), Cancellation);
        var answer = await new StreamReader(slow.GetStream()).ReadToEndAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancellation);
        Assert.Contains("too slowly", answer, StringComparison.Ordinal);
        Assert.False(server.Sandboxes.GuestOf(id).Kept.Content.ContainsKey("/slow"));
    }

    [Fact]
    public async Task ReadFile_LongPath_IsRefused()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var response = await client.GetAsync($"/v1/sandboxes/{id}/files?path=/{new string('a', 4096)}", Cancellation);
        await ServerFixture.ProblemAsync(response, 400, "invalid_path");
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>Whoever has an answer is in the audit log, whatever becomes of the server then.</summary>
public sealed class AuditKillTests : CrashTest
{
    private const int Rounds = 3;

    [Fact]
    public async Task Kill_RightAfterAReply_TheAuditLogKnowsTheRequestOnce()
    {
        await StartAsync();
        List<string> answered = [];
        for (var round = 0; round < Rounds; round++)
        {
            var sandbox = await SendAsync(HttpMethod.Post, "/v1/sandboxes", Body(Container));
            var id = (string)sandbox!["id"]!;
            for (var i = 0; i < 10; i++) await SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true" });
            await SendAsync(HttpMethod.Delete, $"/v1/sandboxes/{id}", null);
            await EndAsync(kill: true);
            await StartAsync();
        }

        await Eventually.HoldsAsync("every answer is in the log, once", async () =>
        {
            var entries = (JsonArray)(await Api.GetAsync("/v1/audit?limit=1000", Cancellation)).Json!["items"]!;
            return entries.Select(entry => (string)entry!["requestId"]!).Reverse().SequenceEqual(answered);
        }, Cancellation);

        async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body)
        {
            using HttpRequestMessage request = new(method, path);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
            using var response = await Api.Http.SendAsync(request, Cancellation);
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent, text);
            answered.Add(response.Headers.GetValues("X-Request-Id").Single());
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
    }
}

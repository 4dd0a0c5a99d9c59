using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Access;

/// <summary>The document says which scope each operation needs, and the server holds to it.</summary>
public sealed class ScopeMatrixTests(SharedServer server)
{
    private static readonly string[] All = ["sandboxes:read", "sandboxes:write", "exec", "files:read", "files:write", "keys", "team", "audit", "operator"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryOperation_ByEveryScopeAlone_OpensForItsOwnOnly()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var document = (await api.GetAsync("/openapi/v1.json", Cancelled)).Json!;
        var wrong = new List<string>();
        foreach (var scope in All)
        {
            var made = await api.PostAsync("/v1/keys", new JsonObject { ["name"] = scope, ["scopes"] = new JsonArray(scope) }, Cancelled);
            Assert.True(made.Status == HttpStatusCode.Created, made.Text);
            using var key = new Api(server.Server.Url, (string)made.Json!["key"]!);
            foreach (var (method, path, needed) in Operations(document))
            {
                using var request = new HttpRequestMessage(method, path);
                if (method == HttpMethod.Post || method == HttpMethod.Patch) request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
                using var response = await key.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
                if (response.StatusCode == HttpStatusCode.Forbidden == (needed is null || needed == scope)) wrong.Add($"{method} {path} with {scope}: {(int)response.StatusCode}, needs {needed ?? "no scope"}");
            }

            Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/v1/keys/{made.Json["id"]}", Cancelled)).Status);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // About things that are not there, and with bodies that say nothing: whatever is let in changes nothing. Only a creation would, and doctor takes its time: those have tests of their own.
    private static IEnumerable<(HttpMethod Method, string Path, string? Scope)> Operations(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        where path.Key.StartsWith("/v1/", StringComparison.Ordinal)
        from operation in path.Value!.AsObject()
        where (string)operation.Value!["operationId"]! is not ("createSandbox" or "createVolume" or "doctor")
        select (HttpMethod.Parse(operation.Key), path.Key.Replace("{", "no-", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), (string?)operation.Value!["security"]![0]!["bearer"]!.AsArray().SingleOrDefault());
}

using Atoll.Core.Teams;
using Atoll.Server.Http.Access;
using Microsoft.AspNetCore.Routing;

namespace Atoll.Server.Tests;

public sealed class ScopeTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryOperation_UnderV1_HasAScope()
    {
        Assert.All(Operations(), operation => Assert.True(OperationScopes.Of(operation.Id) is not null, $"{operation.Id} ({operation.Method} {operation.Path}) is not in OperationScopes."));
        Assert.Equal(["getTeam", "info", "whoAmI"], Operations().Where(operation => OperationScopes.Of(operation.Id) is KeyScopes.None).Select(operation => operation.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryOperation_KeyWithoutItsScope_IsForbiddenByNameAndWithItIsNot()
    {
        var wrong = new List<string>();
        foreach (var (id, method, path) in Operations().Where(operation => OperationScopes.Of(operation.Id) is not KeyScopes.None))
        {
            var scope = OperationScopes.Of(id)!.Value;
            foreach (var (has, forbidden) in new[] { (KeyScopes.All & ~scope, true), (scope, false) })
            {
                using var client = server.Client(server.Teams.Make(new("team_scopes"), "k", has).Secret);
                using var request = new HttpRequestMessage(new(method), path);
                if (method is "POST" or "PATCH") request.Content = ServerFixture.Json("{}");
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
                if ((int)response.StatusCode == 403 != forbidden) wrong.Add($"{id} with {has}: {(int)response.StatusCode}");
                if (!forbidden || method == "HEAD") continue;
                var problem = await ServerFixture.ProblemAsync(response, 403, "forbidden_scope");
                Assert.Contains($"'{ScopeWords.Of(scope).Single()}'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task NoSuchRoute_WithTheFewestScopes_IsNotFoundAsForEverybody()
    {
        using var client = server.Client(server.Teams.Make(new("team_scopes"), "k", KeyScopes.Audit).Secret);
        using var missing = await client.GetAsync("/v1/nowhere", Cancellation);
        await ServerFixture.ProblemAsync(missing, 404, "not_found");
        using var method = await client.PutAsync("/v1/whoami", null, Cancellation);
        await ServerFixture.ProblemAsync(method, 405, "method_not_allowed");
    }

    [Fact]
    public async Task ExpiredKey_IsToldSo()
    {
        using var client = server.Client(server.Teams.Make(new("team_scopes"), "expired").Secret);
        using var response = await client.GetAsync("/v1/whoami", Cancellation);
        await ServerFixture.ProblemAsync(response, 401, "key_expired");
    }

    [Fact]
    public async Task CreateKey_ScopesAndTimes_AreReadOrAllMistakesToldAtOnce()
    {
        using var client = server.Client();
        using var made = await client.PostAsync("/v1/keys", ServerFixture.Json("""{"name":"k","scopes":["read-only","exec"],"expiresAt":"2099-01-31T12:00:00Z"}"""), Cancellation);
        Assert.Equal(201, (int)made.StatusCode);
        Assert.Equal(["sandboxes:read", "exec", "files:read"], (await ServerFixture.ReadAsync(made)).GetProperty("scopes").EnumerateArray().Select(x => x.GetString()!));
        Assert.Equal((KeyScopes.ReadOnly | KeyScopes.Exec, 2099), (server.Teams.LastKey!.Scopes!.Value, server.Teams.LastKey.ExpiresAt!.Value.Year));

        using var wrong = await client.PostAsync("/v1/keys", ServerFixture.Json("""{"name":"","scopes":["root"],"expiresAt":"soon","expiresInSeconds":0}"""), Cancellation);
        var problem = await ServerFixture.ProblemAsync(wrong, 400, "invalid_request");
        Assert.Equal(["expiresAt", "expiresInSeconds", "name", "scopes"], problem.GetProperty("errors").EnumerateObject().Select(x => x.Name).Order(StringComparer.Ordinal));
    }

    private List<(string Id, string Method, string Path)> Operations() =>
    [
        .. from endpoint in server.Endpoints.OfType<RouteEndpoint>()
           let template = endpoint.RoutePattern.RawText!
           where template.StartsWith("/v1/", StringComparison.Ordinal)
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
           let path = template.TrimEnd('/').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)
           select (endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, method, path),
    ];
}

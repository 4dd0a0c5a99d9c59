using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Testing;

namespace Atoll.Server.Tests;

public sealed class AuditTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_AreKeptWithWhoWhatAndHow_AndReadsAreNot()
    {
        var key = server.Teams.Make(new("team_audited"), "audited");
        using var client = server.Client(key.Secret);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", new string('a', 300));
        var id = await server.CreateAsync(client);
        using var exec = await client.PostAsync($"/v1/sandboxes/{id}/exec", ServerFixture.Json("""{"command":"secret-command","env":{"A":"secret-value"}}"""), Cancellation);
        using var written = await client.PutAsync($"/v1/sandboxes/{id}/files?path=/secret-path", new StringContent("secret-content"), Cancellation);
        (await client.GetAsync($"/v1/sandboxes/{id}", Cancellation)).Dispose();
        (await client.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Dispose();
        (await client.DeleteAsync("/v1/keys/key_unknown", Cancellation)).Dispose();

        var entries = await OfAsync("team_audited", 5);
        Assert.Equal(
            [("createSandbox", id, 201, null), ("exec", id, (int)exec.StatusCode, null), ("writeFile", id, (int)written.StatusCode, null), ("deleteSandbox", id, 204, null), ("revokeKey", "key_unknown", 404, (string?)"key_not_found")],
            entries.Select(x => (x.Action, x.Target!, x.Status, x.Code)));
        Assert.All(entries, x => Assert.Equal((key.Key.Id, "127.0.0.1", 200), (x.KeyId, x.RemoteAddress, x.UserAgent!.Length)));
        Assert.Equal(exec.Headers.GetValues("X-Request-Id").Single(), entries[1].RequestId);
        Assert.DoesNotContain("secret-", string.Concat(entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_WithoutAKeyOrScope_AreKeptToo()
    {
        using var stranger = server.Client("atoll_wrong");
        using var refused = await stranger.PostAsync("/v1/sandboxes", null, Cancellation);
        var request = refused.Headers.GetValues("X-Request-Id").Single();
        await Eventually.HoldsAsync("the refusal is kept", () => server.Audit.Entries.Any(x => x.RequestId == request), Cancellation);
        var entry = server.Audit.Entries.Single(x => x.RequestId == request);
        Assert.Equal((null, null, "createSandbox", 401, "unauthenticated"), (entry.Team, entry.KeyId, entry.Action, entry.Status, entry.Code));

        using var reader = server.Client(server.Teams.Make(new("team_reader"), "reader", KeyScopes.ReadOnly).Secret);
        (await reader.DeleteAsync("/v1/sandboxes/some", Cancellation)).Dispose();
        (await reader.PostAsync("/v1/nowhere", null, Cancellation)).Dispose();
        var entries = await OfAsync("team_reader", 2);
        Assert.Equal([("deleteSandbox", "some", 403, "forbidden_scope"), ("unknown", null, 404, "not_found")], entries.Select(x => (x.Action, x.Target, x.Status, x.Code)));
    }

    [Fact]
    public async Task Read_OfOthers_IsForOperatorsOnly()
    {
        using var own = server.Client(server.Teams.Make(new("team_auditor"), "auditor", KeyScopes.Full).Secret);
        foreach (var team in new[] { "team_other", "all" })
        {
            using var refused = await own.GetAsync($"/v1/audit?team={team}", Cancellation);
            await ServerFixture.ProblemAsync(refused, 403, "forbidden_scope");
        }

        (await own.GetAsync("/v1/audit?team=team_auditor", Cancellation)).EnsureSuccessStatusCode().Dispose();
        Assert.Equal(new TeamId("team_auditor"), server.Audit.LastQuery!.Team);
        using var operators = server.Client();
        (await operators.GetAsync("/v1/audit?team=all&since=2026-01-01T00:00:00Z&limit=7&actor=key_1&action=exec", Cancellation)).EnsureSuccessStatusCode().Dispose();
        Assert.Equal((null, "key_1", "exec", 7, 2026), (server.Audit.LastQuery.Team, server.Audit.LastQuery.Actor, server.Audit.LastQuery.Action, server.Audit.LastQuery.Limit, server.Audit.LastQuery.Since!.Value.Year));
    }

    // The entry is made when the request is over, which its client may know a moment before.
    private async Task<List<AuditEntry>> OfAsync(string team, int count)
    {
        await Eventually.HoldsAsync($"{count} entries of {team}", () => server.Audit.Entries.Count(x => x.Team == team) >= count, Cancellation);
        return [.. server.Audit.Entries.Where(x => x.Team == team)];
    }
}

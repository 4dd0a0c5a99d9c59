using Atoll.Core.Faults;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Atoll.Core.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Teams;

public sealed class KeyRegistryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnsureFirst_TwiceAndInParallel_OneTeamOneKey()
    {
        await using var core = await StartAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => core.Keys.EnsureFirstAsync(Cancellation)));

        var first = Assert.Single(made, x => x is not null)!;
        Assert.Matches("^atoll_[A-Za-z0-9]{43}$", first.Secret);
        Assert.Matches("^key_[a-z0-9]{12}$", first.Key.Id);
        Assert.Matches("^team_[a-z0-9]{16}$", first.Key.Team.Value);
        Assert.StartsWith(first.Key.Prefix, first.Secret, StringComparison.Ordinal);
        var caller = Expect(await core.Keys.AuthenticateAsync(first.Secret, Cancellation));
        Assert.Equal((first.Key.Team, "default", first.Key.Id, KeyScopes.All), (caller.Team, caller.TeamName, caller.KeyId, caller.Scopes));
    }

    [Fact]
    public async Task EnsureFirst_NoOperatorLeft_MakesOneInTheOldestTeam()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var expiring = Expect(await core.Keys.CreateAsync(first.Key.Team, new("ops", KeyScopes.All, ExpiresAt: core.Clock.GetUtcNow().AddHours(1)), caller, Cancellation));
        Expect(await core.Keys.CreateAsync(first.Key.Team, new("ci"), caller, Cancellation));
        Expect(await core.Keys.RevokeAsync(first.Key.Team, first.Key.Id, caller, Cancellation));

        Assert.Null(await core.Keys.EnsureFirstAsync(Cancellation));
        core.Clock.Advance(TimeSpan.FromHours(1));
        var again = Assert.IsType<CreatedKey>(await core.Keys.EnsureFirstAsync(Cancellation));

        Assert.Equal((first.Key.Team, KeyScopes.All), (again.Key.Team, again.Key.Scopes));
        Assert.NotEqual(expiring.Key.Id, again.Key.Id);
    }

    [Fact]
    public async Task Authenticate_WrongKeys_Unauthenticated()
    {
        await using var core = await StartAsync();
        var first = (await core.Keys.EnsureFirstAsync(Cancellation))!;

        foreach (var wrong in new[] { "", "atoll_", first.Secret + "a", first.Secret[..^1], first.Secret.ToLowerInvariant() + "!", "atoll_" + new string('a', 43), "atoll_" + new string('é', 43) })
            ExpectFault(await core.Keys.AuthenticateAsync(wrong, Cancellation), FaultCode.Unauthenticated);
        Expect(await core.Keys.AuthenticateAsync(first.Secret, Cancellation));
    }

    [Fact]
    public async Task Authenticate_WrongKey_IsNotLookedUp()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var key = Expect(await core.Keys.CreateAsync(first.Key.Team, new("ci"), caller, Cancellation));
        var other = "atoll_" + new string('b', 43);

        // Behind the server's back: whoever asks the database would find it.
        await using var context = await core.Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContextAsync(Cancellation);
        var row = await context.Keys.SingleAsync(x => x.Id == key.Key.Id, Cancellation);
        row.Hash = ApiKeys.Hash(other);
        await context.SaveChangesAsync(Cancellation);

        ExpectFault(await core.Keys.AuthenticateAsync(other, Cancellation), FaultCode.Unauthenticated);
        ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.Unauthenticated);
        await core.StopHostAsync();
        await core.StartHostAsync();
        Expect(await core.Keys.AuthenticateAsync(other, Cancellation));
    }

    [Fact]
    public async Task Grant_OfAKey_EndsWhenItIsRevokedAndNoOthers()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        for (var round = 0; round < 20; round++)
        {
            var key = Expect(await core.Keys.CreateAsync(first.Key.Team, new("ci"), caller, Cancellation));
            var authenticating = Enumerable.Range(0, 4).Select(_ => Task.Run(() => core.Keys.AuthenticateAsync(key.Secret, Cancellation), Cancellation)).ToArray();

            Expect(await core.Keys.RevokeAsync(first.Key.Team, key.Key.Id, caller, Cancellation));

            // Whoever was let in while it was being revoked is put out as well.
            foreach (var known in await Task.WhenAll(authenticating))
            {
                if (known.Succeeded) Assert.Equal(FaultCode.Unauthenticated, known.Value.Grant.Reason?.Code);
            }
        }

        Assert.Null(caller.Grant.Reason);
    }

    [Fact]
    public async Task Grant_OfAKeyWhoseTimeIsUp_EndsByItself()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var key = Expect(await core.Keys.CreateAsync(first.Key.Team, new("short", ExpiresAt: core.Clock.GetUtcNow().AddSeconds(60)), caller, Cancellation));
        var known = Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation));
        Assert.Same(known.Grant, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Grant);
        core.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(known.Grant.Reason);
        TaskCompletionSource told = new();
        using var watching = known.Grant.Ended.Register(told.SetResult);

        core.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FaultCode.KeyExpired, known.Grant.Reason?.Code);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task Revoke_AStrongerKey_IsForAnOperatorOrTheKeyItself()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var team = first.Key.Team;
        async Task<(CreatedKey Key, KeyHolder Caller)> MakeAsync(KeyScopes scopes, string? user = null)
        {
            var key = Expect(await core.Keys.CreateAsync(team, new("k", scopes, user), caller, Cancellation));
            return (key, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)));
        }

        Expect(await core.Users.CreateAsync(team, "viewer", null, UserRole.Viewer, Cancellation));
        var (_, keys) = await MakeAsync(KeyScopes.Keys);
        var (strong, _) = await MakeAsync(KeyScopes.Keys | KeyScopes.Exec);
        var (equal, _) = await MakeAsync(KeyScopes.Keys);
        var (reads, reader) = await MakeAsync(KeyScopes.Keys | KeyScopes.ReadOnly);
        var (viewers, _) = await MakeAsync(KeyScopes.ReadOnly, "viewer");

        var fault = ExpectFault(await core.Keys.RevokeAsync(team, strong.Key.Id, keys, Cancellation), FaultCode.ForbiddenScope);
        Assert.Contains("exec", fault.Detail, StringComparison.Ordinal);
        ExpectFault(await core.Keys.RevokeAsync(team, first.Key.Id, keys, Cancellation), FaultCode.ForbiddenScope);
        Expect(await core.Keys.AuthenticateAsync(strong.Secret, Cancellation));
        Expect(await core.Keys.RevokeAsync(team, equal.Key.Id, keys, Cancellation));
        Expect(await core.Keys.RevokeAsync(team, viewers.Key.Id, reader, Cancellation));
        Expect(await core.Keys.RevokeAsync(team, reads.Key.Id, reader, Cancellation));
        Expect(await core.Keys.RevokeAsync(team, strong.Key.Id, caller, Cancellation));
        Expect(await core.Keys.RevokeAsync(team, keys.KeyId, keys, Cancellation));
    }

    [Fact]
    public async Task Authenticate_AfterTheExpiry_SaysSoAndFromMemoryToo()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var key = Expect(await core.Keys.CreateAsync(first.Key.Team, new("short", ExpiresAt: core.Clock.GetUtcNow().AddMinutes(1)), caller, Cancellation));
        core.Clock.Advance(TimeSpan.FromSeconds(59));
        Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation));

        core.Clock.Advance(TimeSpan.FromSeconds(1));

        var fault = ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.KeyExpired);
        Assert.Contains(key.Key.Id, fault.Detail, StringComparison.Ordinal);
        ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.KeyExpired);
    }

    [Fact]
    public async Task Create_BeyondWhatTheMakerMay_IsRefusedByNameAndCutByDefault()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var until = core.Clock.GetUtcNow().AddDays(1);
        var made = Expect(await core.Keys.CreateAsync(first.Key.Team, new("maker", KeyScopes.Keys | KeyScopes.Exec, ExpiresAt: until), caller, Cancellation));
        var maker = Expect(await core.Keys.AuthenticateAsync(made.Secret, Cancellation));

        var fault = ExpectFault(await core.Keys.CreateAsync(first.Key.Team, new("x", KeyScopes.ReadOnly | KeyScopes.Exec), maker, Cancellation), FaultCode.ForbiddenScope);
        Assert.Contains("sandboxes:read, files:read", fault.Detail, StringComparison.Ordinal);
        ExpectFault(await core.Keys.CreateAsync(first.Key.Team, new("x", KeyScopes.Operator), maker, Cancellation), FaultCode.ForbiddenScope);
        ExpectFault(await core.Keys.CreateAsync(first.Key.Team, new("x", ExpiresAt: until.AddSeconds(1)), maker, Cancellation), FaultCode.InvalidRequest);
        ExpectFault(await core.Keys.CreateAsync(first.Key.Team, new("x", ExpiresAt: core.Clock.GetUtcNow()), maker, Cancellation), FaultCode.InvalidRequest);

        var cut = Expect(await core.Keys.CreateAsync(first.Key.Team, new("x"), maker, Cancellation)).Key;
        Assert.Equal((KeyScopes.Keys | KeyScopes.Exec, until), (cut.Scopes, cut.ExpiresAt));
        Assert.Equal(KeyScopes.Full, Expect(await core.Keys.CreateAsync(first.Key.Team, new("x"), caller, Cancellation)).Key.Scopes);
    }

    [Fact]
    public async Task Revoke_CachedKey_OpensNothingFromTheReplyOn()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        for (var round = 0; round < 20; round++)
        {
            var key = Expect(await core.Keys.CreateAsync(first.Key.Team, new("ci"), caller, Cancellation));
            var authenticating = Enumerable.Range(0, 4).Select(_ => Task.Run(() => core.Keys.AuthenticateAsync(key.Secret, Cancellation), Cancellation)).ToArray();

            Expect(await core.Keys.RevokeAsync(first.Key.Team, key.Key.Id, caller, Cancellation));

            await Task.WhenAll(authenticating);
            ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.Unauthenticated);
        }
    }

    [Fact]
    public async Task Revoke_ForeignKey_NotFoundAndStillOpens()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var other = Expect(await core.Teams.CreateAsync("other", new(), Cancellation)).Id;

        ExpectFault(await core.Keys.RevokeAsync(other, first.Key.Id, caller, Cancellation), FaultCode.KeyNotFound);

        Expect(await core.Keys.AuthenticateAsync(first.Secret, Cancellation));
        Assert.Empty(await core.Keys.ListAsync(other, Cancellation));
        ExpectFault(await core.Keys.CreateAsync(other, new(" "), caller, Cancellation), FaultCode.InvalidRequest);
        ExpectFault(await core.Keys.CreateAsync(new("team_0000000000000000"), new("k"), caller, Cancellation), FaultCode.TeamNotFound);
    }

    [Fact]
    public async Task Authenticate_Used_ShownAndKeptOverARestart()
    {
        await using var core = await StartAsync();
        var first = (await core.Keys.EnsureFirstAsync(Cancellation))!;
        Assert.Null(Assert.Single(await core.Keys.ListAsync(first.Key.Team, Cancellation)).LastUsedAt);
        Expect(await core.Keys.AuthenticateAsync(first.Secret, Cancellation));

        await core.StopHostAsync();
        await core.StartHostAsync();

        Assert.Equal(core.Clock.GetUtcNow(), Assert.Single(await core.Keys.ListAsync(first.Key.Team, Cancellation)).LastUsedAt);
        Expect(await core.Keys.AuthenticateAsync(first.Secret, Cancellation));
        Assert.False(await FileHoldsAsync(core, first.Secret), "the secret is in the database file");
    }

    private static async Task<bool> FileHoldsAsync(TestCore core, string text)
    {
        await core.StopHostAsync();
        var found = false;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(core.DatabasePath)!))
        {
            found |= (await File.ReadAllBytesAsync(file, Cancellation)).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0;
        }

        return found;
    }
}

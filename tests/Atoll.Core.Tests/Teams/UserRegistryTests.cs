using Atoll.Core.Faults;
using Atoll.Core.Teams;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Teams;

public sealed class UserRegistryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Remove_UserWithKeys_RevokesThemAtOnceAndNoOthers()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var team = first.Key.Team;
        var alice = Expect(await core.Users.CreateAsync(team, "alice", "alice@example.com", UserRole.Owner, Cancellation));
        var keys = new List<CreatedKey>();
        foreach (var name in new[] { "a", "b" }) keys.Add(Expect(await core.Keys.CreateAsync(team, new(name, User: name == "a" ? "alice" : alice.Id), caller, Cancellation)));
        foreach (var key in keys) Assert.Equal(alice.Id, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).UserId);

        Expect(await core.Users.RemoveAsync(team, "alice", Cancellation));

        foreach (var key in keys) ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.Unauthenticated);
        Assert.Equal(first.Key.Id, Assert.Single(await core.Keys.ListAsync(team, Cancellation)).Id);
        ExpectFault(await core.Users.RemoveAsync(team, "alice", Cancellation), FaultCode.TeamUserNotFound);
        ExpectFault(await core.Keys.CreateAsync(team, new("c", User: "alice"), caller, Cancellation), FaultCode.TeamUserNotFound);
    }

    [Fact]
    public async Task ChangeRole_OfAUserWithAKey_IsInForceAtOnceBothWays()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var team = first.Key.Team;
        Expect(await core.Users.CreateAsync(team, "alice", null, UserRole.Owner, Cancellation));
        var key = Expect(await core.Keys.CreateAsync(team, new("k", KeyScopes.Full, "alice"), caller, Cancellation));
        Assert.Equal(KeyScopes.Full, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Scopes);

        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Viewer, Cancellation));
        Assert.Equal(KeyScopes.ReadOnly, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Scopes);
        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Owner, Cancellation));
        Assert.Equal(KeyScopes.Full, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Scopes);
    }

    [Fact]
    public async Task CreateKey_BeyondTheRole_IsRefusedWhenAskedForAndLeftOutOtherwise()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        Expect(await core.Users.CreateAsync(first.Key.Team, "bob", null, UserRole.Member, Cancellation));

        var fault = ExpectFault(await core.Keys.CreateAsync(first.Key.Team, new("k", KeyScopes.Full, "bob"), caller, Cancellation), FaultCode.InvalidRequest);
        Assert.Contains("member", fault.Fields["scopes"], StringComparison.Ordinal);
        Assert.Equal(UserRole.Member.Most(), Expect(await core.Keys.CreateAsync(first.Key.Team, new("k", User: "bob"), caller, Cancellation)).Key.Scopes);
    }

    [Fact]
    public async Task Users_OfAnotherTeam_DoNotExist()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var other = Expect(await core.Teams.CreateAsync("other", new(), Cancellation)).Id;
        var alice = Expect(await core.Users.CreateAsync(first.Key.Team, "alice", null, UserRole.Member, Cancellation));

        ExpectFault(await core.Users.RemoveAsync(other, alice.Id, Cancellation), FaultCode.TeamUserNotFound);
        ExpectFault(await core.Users.ChangeRoleAsync(other, "alice", UserRole.Owner, Cancellation), FaultCode.TeamUserNotFound);
        ExpectFault(await core.Keys.CreateAsync(other, new("k", User: alice.Id), caller, Cancellation), FaultCode.TeamUserNotFound);
        Expect(await core.Users.CreateAsync(other, "alice", null, UserRole.Member, Cancellation));
        ExpectFault(await core.Users.CreateAsync(other, "alice", null, UserRole.Member, Cancellation), FaultCode.NameTaken);
        ExpectFault(await core.Users.CreateAsync(other, "eve", "no address", UserRole.Member, Cancellation), FaultCode.InvalidRequest);
        Assert.Single(await core.Users.ListAsync(other, Cancellation));
    }
}

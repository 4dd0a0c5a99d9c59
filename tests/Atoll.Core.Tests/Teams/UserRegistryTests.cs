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

        Expect(await core.Users.RemoveAsync(team, "alice", caller, Cancellation));

        foreach (var key in keys) ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.Unauthenticated);
        Assert.Equal(first.Key.Id, Assert.Single(await core.Keys.ListAsync(team, Cancellation)).Id);
        ExpectFault(await core.Users.RemoveAsync(team, "alice", caller, Cancellation), FaultCode.TeamUserNotFound);
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

        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Viewer, caller, Cancellation));
        Assert.Equal(KeyScopes.ReadOnly, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Scopes);
        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Owner, caller, Cancellation));
        Assert.Equal(KeyScopes.Full, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Scopes);
    }

    [Fact]
    public async Task Grant_OfAUsersKey_EndsWhenItLosesSomethingAndNotWhenItGains()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var team = first.Key.Team;
        Expect(await core.Users.CreateAsync(team, "alice", null, UserRole.Member, Cancellation));
        var key = Expect(await core.Keys.CreateAsync(team, new("k", KeyScopes.SandboxesRead | KeyScopes.Exec, "alice"), caller, Cancellation));
        var before = Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Grant;

        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Owner, caller, Cancellation));
        Assert.Same(before, Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Grant);
        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Viewer, caller, Cancellation));
        Assert.Equal(FaultCode.ForbiddenScope, before.Reason?.Code);

        var after = Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Grant;
        Assert.Null(after.Reason);
        Expect(await core.Users.RemoveAsync(team, "alice", caller, Cancellation));
        Assert.Equal(FaultCode.Unauthenticated, after.Reason?.Code);
    }

    [Fact]
    public async Task ChangeOfAUser_WhoseKeysMayMore_IsForAnOperator()
    {
        await using var core = await StartAsync();
        var (first, caller) = await core.FirstAsync();
        var team = first.Key.Team;
        Expect(await core.Users.CreateAsync(team, "alice", null, UserRole.Owner, Cancellation));
        Expect(await core.Users.CreateAsync(team, "bob", null, UserRole.Member, Cancellation));
        Expect(await core.Keys.CreateAsync(team, new("k", KeyScopes.Full, "alice"), caller, Cancellation));
        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Viewer, caller, Cancellation));
        var made = Expect(await core.Keys.CreateAsync(team, new("users", KeyScopes.Team | KeyScopes.ReadOnly), caller, Cancellation));
        var weak = Expect(await core.Keys.AuthenticateAsync(made.Secret, Cancellation));

        // It would gain what the weak key has not; what it has itself it may take away; who has no keys is no matter.
        ExpectFault(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Owner, weak, Cancellation), FaultCode.ForbiddenScope);
        Expect(await core.Users.ChangeRoleAsync(team, "bob", UserRole.Owner, weak, Cancellation));
        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Member, caller, Cancellation));
        ExpectFault(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Viewer, weak, Cancellation), FaultCode.ForbiddenScope);
        ExpectFault(await core.Users.RemoveAsync(team, "alice", weak, Cancellation), FaultCode.ForbiddenScope);
        Expect(await core.Users.ChangeRoleAsync(team, "alice", UserRole.Viewer, caller, Cancellation));
        Expect(await core.Users.RemoveAsync(team, "alice", weak, Cancellation));
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

        ExpectFault(await core.Users.RemoveAsync(other, alice.Id, caller, Cancellation), FaultCode.TeamUserNotFound);
        ExpectFault(await core.Users.ChangeRoleAsync(other, "alice", UserRole.Owner, caller, Cancellation), FaultCode.TeamUserNotFound);
        ExpectFault(await core.Keys.CreateAsync(other, new("k", User: alice.Id), caller, Cancellation), FaultCode.TeamUserNotFound);
        Expect(await core.Users.CreateAsync(other, "alice", null, UserRole.Member, Cancellation));
        ExpectFault(await core.Users.CreateAsync(other, "alice", null, UserRole.Member, Cancellation), FaultCode.NameTaken);
        ExpectFault(await core.Users.CreateAsync(other, "eve", "no address", UserRole.Member, Cancellation), FaultCode.InvalidRequest);
        Assert.Single(await core.Users.ListAsync(other, Cancellation));
    }
}

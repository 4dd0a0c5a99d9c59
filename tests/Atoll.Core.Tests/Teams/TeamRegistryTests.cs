using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Core.Tests.Fakes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Teams;

public abstract class TeamRegistryTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_NamesThatAreTakenOrCannotBe_AreRefused()
    {
        await using var core = await StartAsync();
        Expect(await core.Teams.CreateAsync("acme", new(), Cancellation));

        ExpectFault(await core.Teams.CreateAsync("acme", new(), Cancellation), FaultCode.NameTaken);
        foreach (var wrong in new[] { "", " ", "a\nb", "a/b", "..", "team_x", " a", new string('x', 101) })
            ExpectFault(await core.Teams.CreateAsync(wrong, new(), Cancellation), FaultCode.InvalidRequest);
        var both = ExpectFault(await core.Teams.CreateAsync("a/b", new(Sandboxes: -1, Cpu: double.NaN), Cancellation), FaultCode.InvalidRequest);
        Assert.Equal(["name", "quota.cpu", "quota.sandboxes"], both.Fields.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Update_RenamedWithAQuota_IsFoundByBothAndKeptOverARestart()
    {
        await using var core = await StartAsync();
        var team = Expect(await core.Teams.CreateAsync("acme", new(Sandboxes: 3), Cancellation));
        var (_, caller) = await core.FirstAsync();
        var key = Expect(await core.Keys.CreateAsync(team.Id, new("k"), caller, Cancellation));
        var before = Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation));
        Assert.Equal("acme", before.TeamName);

        Expect(await core.Teams.UpdateAsync("acme", new(Name: "labs", MemoryMiB: 2048), Cancellation));

        var renamed = Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation));
        Assert.Equal("labs", renamed.TeamName);

        // A name takes nothing from a key: what it has open goes on.
        Assert.Same(before.Grant, renamed.Grant);
        Assert.Null(before.Grant.Reason);
        await core.StopHostAsync();
        await core.StartHostAsync();
        var after = Expect(await core.Teams.FindAsync(team.Id.Value, Cancellation));
        Assert.Equal(("labs", new TeamQuota(Sandboxes: 3, MemoryMiB: 2048)), (after.Name, after.Quota));
        ExpectFault(await core.Teams.FindAsync("acme", Cancellation), FaultCode.TeamNotFound);
        ExpectFault(await core.Sandboxes.CreateAsync(team.Id, new() { MemoryMiB = 4096 }, null, true, Cancellation), FaultCode.QuotaExceeded);
    }

    [Fact]
    public async Task Remove_WithALivingSandbox_IsRefusedAndThenTakesUsersAndKeysAlong()
    {
        await using var core = await StartAsync();
        var (_, caller) = await core.FirstAsync();
        var team = Expect(await core.Teams.CreateAsync("acme", new(), Cancellation));
        Expect(await core.Users.CreateAsync(team.Id, "alice", null, UserRole.Owner, Cancellation));
        var key = Expect(await core.Keys.CreateAsync(team.Id, new("k", User: "alice"), caller, Cancellation));
        Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation));
        var sandbox = await core.CreateAsync(team: team.Id);

        ExpectFault(await core.Teams.RemoveAsync("acme", Cancellation), FaultCode.TeamNotEmpty);
        var open = Expect(await core.Keys.AuthenticateAsync(key.Secret, Cancellation)).Grant;

        Expect(await core.Sandboxes.DeleteAsync(team.Id, sandbox.Id.Value, Cancellation));
        Expect(await core.Teams.RemoveAsync("acme", Cancellation));
        Assert.NotNull(open.Reason);
        ExpectFault(await core.Keys.AuthenticateAsync(key.Secret, Cancellation), FaultCode.Unauthenticated);
        ExpectFault(await core.Teams.RemoveAsync("acme", Cancellation), FaultCode.TeamNotFound);

        // A request that was let in just before the removal makes nothing.
        ExpectFault(await core.Sandboxes.CreateAsync(team.Id, new(), null, true, Cancellation), FaultCode.TeamNotFound);
        Assert.Single(await core.Teams.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Create_BeyondTheMost_IsRefused()
    {
        await using var core = await StartAsync(teams: options => (options.MaxTeams, options.MaxUsers, options.MaxKeys) = (2, 1, 2));
        var (first, caller) = await core.FirstAsync();
        Expect(await core.Teams.CreateAsync("one", new(), Cancellation));
        Expect(await core.Users.CreateAsync(first.Key.Team, "alice", null, UserRole.Member, Cancellation));
        Expect(await core.Keys.CreateAsync(first.Key.Team, new("k"), caller, Cancellation));

        ExpectFault(await core.Teams.CreateAsync("two", new(), Cancellation), FaultCode.QuotaExceeded);
        ExpectFault(await core.Users.CreateAsync(first.Key.Team, "bob", null, UserRole.Member, Cancellation), FaultCode.QuotaExceeded);
        ExpectFault(await core.Keys.CreateAsync(first.Key.Team, new("l"), caller, Cancellation), FaultCode.QuotaExceeded);
    }
}

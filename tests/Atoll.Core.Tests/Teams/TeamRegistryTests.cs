using Atoll.Core.Faults;
using Atoll.Core.Tests.Fakes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Teams;

public abstract class TeamRegistryTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnsureFirst_TwiceAndInParallel_OneTeamOneKey()
    {
        await using var core = await StartAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => core.Teams.EnsureFirstAsync(Cancellation)));

        var first = Assert.Single(made, x => x is not null)!;
        Assert.Matches("^atoll_[A-Za-z0-9]{43}$", first.Secret);
        Assert.Matches("^key_[a-z0-9]{12}$", first.Key.Id);
        Assert.Matches("^team_[a-z0-9]{16}$", first.Key.Team.Value);
        Assert.StartsWith(first.Key.Prefix, first.Secret, StringComparison.Ordinal);
        var caller = Expect(await core.Teams.AuthenticateAsync(first.Secret, Cancellation));
        Assert.Equal((first.Key.Team, "default", first.Key.Id), (caller.Team, caller.TeamName, caller.KeyId));
    }

    [Fact]
    public async Task Authenticate_WrongKeys_Unauthenticated()
    {
        await using var core = await StartAsync();
        var first = (await core.Teams.EnsureFirstAsync(Cancellation))!;

        foreach (var wrong in new[] { "", "atoll_", first.Secret + "a", first.Secret[..^1], first.Secret.ToLowerInvariant() + "!", "atoll_" + new string('a', 43), "atoll_" + new string('é', 43) })
        {
            ExpectFault(await core.Teams.AuthenticateAsync(wrong, Cancellation), FaultCode.Unauthenticated);
        }
    }

    [Fact]
    public async Task Revoke_CachedKey_OpensNothingFromTheReplyOn()
    {
        await using var core = await StartAsync();
        var first = (await core.Teams.EnsureFirstAsync(Cancellation))!;
        for (var round = 0; round < 20; round++)
        {
            var key = Expect(await core.Teams.CreateKeyAsync(first.Key.Team, "ci", Cancellation));
            var authenticating = Enumerable.Range(0, 4).Select(_ => Task.Run(() => core.Teams.AuthenticateAsync(key.Secret, Cancellation), Cancellation)).ToArray();

            Expect(await core.Teams.RevokeKeyAsync(first.Key.Team, key.Key.Id, Cancellation));

            await Task.WhenAll(authenticating);
            ExpectFault(await core.Teams.AuthenticateAsync(key.Secret, Cancellation), FaultCode.Unauthenticated);
        }
    }

    [Fact]
    public async Task Revoke_ForeignKey_NotFoundAndStillOpens()
    {
        await using var core = await StartAsync();
        var first = (await core.Teams.EnsureFirstAsync(Cancellation))!;
        var other = Expect(await core.Teams.CreateTeamAsync("other", Cancellation));

        ExpectFault(await core.Teams.RevokeKeyAsync(other, first.Key.Id, Cancellation), FaultCode.KeyNotFound);

        Expect(await core.Teams.AuthenticateAsync(first.Secret, Cancellation));
        Assert.Empty(await core.Teams.ListKeysAsync(other, Cancellation));
        ExpectFault(await core.Teams.CreateKeyAsync(other, " ", Cancellation), FaultCode.InvalidRequest);
        ExpectFault(await core.Teams.CreateTeamAsync("a\nb", Cancellation), FaultCode.InvalidRequest);
    }

    [Fact]
    public async Task Authenticate_Used_ShownAndKeptOverARestart()
    {
        await using var core = await StartAsync();
        var first = (await core.Teams.EnsureFirstAsync(Cancellation))!;
        Assert.Null(Assert.Single(await core.Teams.ListKeysAsync(first.Key.Team, Cancellation)).LastUsedAt);
        Expect(await core.Teams.AuthenticateAsync(first.Secret, Cancellation));

        await core.StopHostAsync();
        await core.StartHostAsync();

        Assert.Equal(core.Clock.GetUtcNow(), Assert.Single(await core.Teams.ListKeysAsync(first.Key.Team, Cancellation)).LastUsedAt);
        Expect(await core.Teams.AuthenticateAsync(first.Secret, Cancellation));
        Assert.False(await FileHoldsAsync(core, first.Secret), "the secret is in the database file");
    }

    /// <summary>Where the database is a file.</summary>
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

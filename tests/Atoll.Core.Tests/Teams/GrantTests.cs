using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Core.Tests.Teams;

public sealed class GrantTests
{
    private static readonly Fault Over = new(FaultCode.KeyExpired, FaultSide.Caller, FaultStage.Request, "Over.");
    private static readonly Fault Revoked = new(FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "Revoked.");

    [Fact]
    public void Until_LongerThanATimerTakes_EndsAtItsTimeAndNotBefore()
    {
        FakeTimeProvider clock = new();
        using Grant grant = new(clock.GetUtcNow().AddDays(100), Over, clock);
        clock.Advance(TimeSpan.FromDays(100) - TimeSpan.FromSeconds(1));
        Assert.Null(grant.Reason);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(Over, grant.Reason);
    }

    [Fact]
    public async Task End_Twice_KeepsTheFirstReasonAndTellsOnce()
    {
        using Grant grant = new();
        TaskCompletionSource told = new();
        using var watching = grant.Ended.Register(told.SetResult);
        grant.End(Revoked);
        grant.End(Over);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Same(Revoked, grant.Reason);
    }

    [Fact]
    public void Lasting_NeverEnds()
    {
        Grant.Lasting.End(Revoked);
        Assert.False(Grant.Lasting.CanEnd || Grant.Lasting.Ended.CanBeCanceled);
        Assert.Null(Grant.Lasting.Reason);
    }
}

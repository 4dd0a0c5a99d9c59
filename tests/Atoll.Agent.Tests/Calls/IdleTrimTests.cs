using Atoll.Agent.Calls;
using Atoll.Agent.Protocol.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Agent.Tests.Calls;

public sealed class IdleTrimTests : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new();
    private readonly IdleTrim _idle;
    private int _trims;

    private static Call Users => new() { Exec = new Exec { Spec = new ProcessSpec() } };

    public IdleTrimTests() => _idle = new IdleTrim(Quiet, () => _trims++, _time);

    public void Dispose() => _idle.Dispose();

    [Fact]
    public void Quiet_AfterAUsersCall_TrimsOnce()
    {
        _idle.Used(Users);
        _time.Advance(Quiet / 2);
        _idle.Used(Users);
        _time.Advance(Quiet / 2);
        Assert.Equal(0, _trims);

        _time.Advance(Quiet / 2);
        Assert.Equal(1, _trims);

        _time.Advance(Quiet);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void Quiet_OfAHostsCallsOnly_TrimsNothing()
    {
        _idle.Used(new Call { Hello = new Hello() });
        _time.Advance(Quiet);
        Assert.Equal(0, _trims);
    }

    [Fact]
    public void Quiet_ThatTheClockJumpedOver_BeginsAnew()
    {
        _idle.Used(Users);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _trims);

        _time.Advance(Quiet);
        Assert.Equal(1, _trims);
    }
}

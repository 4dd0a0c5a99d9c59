using Atoll.Core.Faults;
using Atoll.Core.Ports;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Ports;

public sealed class PortTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expose_WithAToken_LetsInWhoeverHasItAndNobodyElse()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync()).Id;
        var opened = Expect(await Ports(core).ExposeAsync(Team, id.Value, 8000, new(false, 0), Cancellation));
        Assert.Matches("^atoll_port_[0-9A-Za-z]{43}$", opened.Token);
        Assert.Equal(Team, Ports(core).Admit(id, 8000, ["x", opened.Token!])?.Team);
        Assert.Null(Ports(core).Admit(id, 8000, []));
        Assert.Null(Ports(core).Admit(id, 8000, [opened.Token![..^1] + "!"]));
        Assert.Null(Ports(core).Admit(id, 8001, [opened.Token!]));
        Assert.Null(Ports(core).Admit((await core.CreateAsync()).Id, 8000, [opened.Token!]));

        var again = Expect(await Ports(core).ExposeAsync(Team, id.Value, 8000, new(false, 0), Cancellation));
        Assert.Null(Ports(core).Admit(id, 8000, [opened.Token!]));
        Assert.NotNull(Ports(core).Admit(id, 8000, [again.Token!]));
        Assert.Equal(["8000", "8000"], (await core.EventsAsync(id)).Where(x => x.Type == "port.exposed").Select(x => x.Detail));
    }

    [Fact]
    public async Task Visit_UnderWay_EndsWithWhatLetItInAndNotWithAnotherChange()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync()).Id;
        async Task<string> ExposeAsync(int port, bool open = false, double seconds = 0) => Expect(await Ports(core).ExposeAsync(Team, id.Value, port, new(open, seconds), Cancellation)).Token ?? "";
        OpenVisit Visit(int port, string token) => Ports(core).Open(id, port, Ports(core).Admit(id, port, [token])!);

        using var replaced = Visit(1, await ExposeAsync(1));
        using var closed = Visit(2, await ExposeAsync(2));
        using var timed = Visit(3, await ExposeAsync(3, seconds: 60));
        using var opened = Visit(4, await ExposeAsync(4));
        using var withdrawn = Visit(5, await ExposeAsync(5, open: true));
        await ExposeAsync(1);
        await ExposeAsync(4, open: true);
        await ExposeAsync(5);
        Expect(await Ports(core).CloseAsync(Team, id.Value, 2, Cancellation));

        Assert.Equal([FaultCode.NotFound, FaultCode.NotFound, null, null, FaultCode.NotFound], new[] { replaced, closed, timed, opened, withdrawn }.Select(visit => visit.Grant.Reason?.Code));
        core.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(FaultCode.NotFound, timed.Grant.Reason?.Code);

        // It was let in, and the port closed, before the visit began.
        var admitted = Ports(core).Admit(id, 4, [])!;
        Expect(await Ports(core).CloseAsync(Team, id.Value, 4, Cancellation));
        using var late = Ports(core).Open(id, 4, admitted);
        Assert.NotNull(late.Grant.Reason);
    }

    [Fact]
    public async Task Token_IsInTheDatabaseAsItsHashAlone()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync()).Id;
        var token = Expect(await Ports(core).ExposeAsync(Team, id.Value, 8000, new(false, 60), Cancellation)).Token!;
        await using var context = await core.Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContextAsync(Cancellation);
        var row = await context.Sandboxes.SingleAsync(x => x.Id == id.Value, Cancellation);
        Assert.Contains("TokenHash", row.Spec, StringComparison.Ordinal);
        Assert.DoesNotContain(token, row.Spec, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exposure_AfterARestart_IsAsBefore()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync(new() { PublicPorts = [3000] })).Id;
        var token = Expect(await Ports(core).ExposeAsync(Team, id.Value, 8000, new(false, 0), Cancellation)).Token!;
        await core.StopHostAsync();
        await core.StartHostAsync();
        Assert.NotNull(Ports(core).Admit(id, 8000, [token]));
        Assert.NotNull(Ports(core).Admit(id, 3000, []));
        Assert.Null(Ports(core).Admit(id, 8000, []));
    }

    [Fact]
    public async Task Exposure_WhoseTimeIsUp_LetsNobodyInAndIsTakenAwayWithAnEvent()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync()).Id;
        Expect(await Ports(core).ExposeAsync(Team, id.Value, 8000, new(true, 60), Cancellation));
        Expect(await Ports(core).ExposeAsync(Team, id.Value, 8001, new(true, 0), Cancellation));
        core.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(Ports(core).Admit(id, 8000, []));
        core.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Ports(core).Admit(id, 8000, []));
        var closed = false;
        await Atoll.Testing.Eventually.HoldsAsync(
            "it is taken away",
            async () =>
            {
                core.Clock.Advance(TimeSpan.FromSeconds(30));
                closed = !(await core.GetAsync(id)).Spec.Ports!.ContainsKey(8000);
                return closed;
            },
            Cancellation);
        Assert.Contains((await core.EventsAsync(id)), x => x is { Type: "port.closed", Detail: "8000 expired" });
        Assert.NotNull(Ports(core).Admit(id, 8001, []));
    }

    [Fact]
    public async Task Close_ThenAgain_IsNotExposed()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync(new() { PublicPorts = [8000, 8000] })).Id;
        Assert.Null(Expect(await Ports(core).CloseAsync(Team, id.Value, 8000, Cancellation)).Spec.Ports);
        Assert.Null(Ports(core).Admit(id, 8000, []));
        ExpectFault(await Ports(core).CloseAsync(Team, id.Value, 8000, Cancellation), FaultCode.PortNotExposed);
        Assert.Equal("8000", (await core.EventsAsync(id)).Single(x => x.Type == "port.closed").Detail);
    }

    [Fact]
    public async Task Expose_ManyAtOnce_LetsInAsManyAsMayBe()
    {
        await using var core = await StartAsync(sandboxes: options => options.MaxPorts = 3);
        var id = (await core.CreateAsync()).Id;
        var made = await Task.WhenAll(Enumerable.Range(8000, 10).Select(port => Ports(core).ExposeAsync(Team, id.Value, port, new(true, 0), Cancellation)));
        Assert.Equal(3, made.Count(x => x.Succeeded));
        Assert.All(made.Where(x => !x.Succeeded), x => ExpectFault(x, FaultCode.QuotaExceeded));
        var exposed = (await core.GetAsync(id)).Spec.Ports!.Keys.First();
        Expect(await Ports(core).ExposeAsync(Team, id.Value, exposed, new(false, 0), Cancellation));
        Assert.Equal(["network.publicPorts"], ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { PublicPorts = [1, 2, 3, 4] }, null, true, Cancellation), FaultCode.InvalidRequest).Fields.Keys);
    }

    [Fact]
    public async Task Expose_BadlyOrOfAnother_IsRefused()
    {
        await using var core = await StartAsync();
        var id = (await core.CreateAsync()).Id;
        Assert.Equal(["port", "ttlSeconds"], ExpectFault(await Ports(core).ExposeAsync(Team, id.Value, 0, new(true, -1), Cancellation), FaultCode.InvalidRequest).Fields.Keys.Order());
        ExpectFault(await Ports(core).ExposeAsync(Team, id.Value, 65536, new(true, 0), Cancellation), FaultCode.InvalidRequest);
        ExpectFault(await Ports(core).ExposeAsync(Team, id.Value, 80, new(true, double.NaN), Cancellation), FaultCode.InvalidRequest);
        ExpectFault(await Ports(core).ExposeAsync(Team, id.Value, 80, new(true, double.PositiveInfinity), Cancellation), FaultCode.InvalidRequest);
        ExpectFault(await Ports(core).ExposeAsync(OtherTeam, id.Value, 80, new(true, 0), Cancellation), FaultCode.SandboxNotFound);
        ExpectFault(await Ports(core).CloseAsync(OtherTeam, id.Value, 80, Cancellation), FaultCode.SandboxNotFound);
        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { PublicPorts = [0] }, null, true, Cancellation), FaultCode.InvalidRequest);
        await core.Sandboxes.DeleteAsync(Team, id.Value, Cancellation);
        ExpectFault(await Ports(core).ExposeAsync(Team, id.Value, 80, new(true, 0), Cancellation), FaultCode.SandboxEnded);
        Assert.Null(Ports(core).Admit(id, 80, []));
    }

    [Fact]
    public async Task Create_SameKeyWithOtherPorts_IsAnotherRequest()
    {
        await using var core = await StartAsync();
        Expect(await core.Sandboxes.CreateAsync(Team, new() { PublicPorts = [80] }, "key-1", true, Cancellation));
        Expect(await core.Sandboxes.CreateAsync(Team, new() { PublicPorts = [80] }, "key-1", true, Cancellation));
        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { PublicPorts = [81] }, "key-1", true, Cancellation), FaultCode.IdempotencyConflict);
    }

    private static IPorts Ports(TestCore core) => core.Services.GetRequiredService<IPorts>();
}

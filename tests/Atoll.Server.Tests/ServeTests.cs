using Atoll.Core.Events;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Server.Composition;
using Atoll.Server.Hosting;
using Atoll.Server.Tests.Fakes;
using Atoll.Server.Verbs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Server.Tests;

public sealed class ServeTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Serve_AddressTaken_EndsWithItsOwnCode() =>
        Assert.Equal(ExitCodes.Address, await Serve.RunAsync(["--Server:Url=" + server.Url.ToString().TrimEnd('/'), "--Server:FirstKeyFolder=/nonexistent/never"], Rooms));

    [Theory]
    [InlineData("--Server:Url=https://example.org")]
    [InlineData("--Server:Limits:Connections=0")]
    [InlineData("--Server:Limits:Connections=many")]
    [InlineData("--Server:Ulr=http://127.0.0.1:0")]
    public async Task Serve_WrongConfiguration_EndsWithItsOwnCode(string argument) =>
        Assert.Equal(ExitCodes.Configuration, await Serve.RunAsync([argument], Rooms));

    [Fact]
    public async Task Verbs_UnknownOne_IsAUsageError() => Assert.Equal(ExitCodes.Usage, await CommandLine.RunAsync(["dance"]));

    [Fact]
    public void Validator_SeveralMistakes_NamesAllKeys()
    {
        var result = new ServerOptionsValidator().Validate(null, new() { Url = "x", Limits = new() { Connections = 0, SlowSeconds = 0 } });
        Assert.Equal(["Server:Url", "Server:Limits:Connections", "Server:Limits:SlowSeconds"], result.Failures!.Select(failure => failure.Split(' ')[0]));
    }

    [Theory]
    [InlineData("alice", 0, "/home/alice")]
    [InlineData(null, 0, "/root")]
    [InlineData("nobody-here", 0, "/root")]
    [InlineData(null, 77, null)]
    public void InvokingUser_ThroughSudoOrNot_IsThePersonBehindIt(string? sudo, int uid, string? home) =>
        Assert.Equal(home, InvokingUser.Find(["root:x:0:0:root:/root:/bin/sh", "broken", "alice:x:1000:1000::/home/alice:/bin/sh"], sudo, uid)?.Home);

    private static void Rooms(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IKeys, FakeTeams>().AddSingleton<IAuditLog, FakeAudit>().AddSingleton<ISandboxes, FakeSandboxes>().AddSingleton<IEvents, FakeEvents>().AddSingleton<IMachine, FakeMachine>();
}

using System.Net;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;

namespace Atoll.Hostile.Tests.Control;

/// <summary>Attack 73: the agent's port, by which the host does everything in a sandbox, kept busy from inside without its token.</summary>
public abstract class CallTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    // Ten seconds were waited for each call where such connections took all places.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private const int Calls = 30;

    [Theory]
    [InlineData(User)]
    [InlineData(Root)]
    public Task Attack73_ConnectionsWithoutAToken_LeaveTheOwnersCallsTheirPlace(string user) => BesideNeighbourAsync(async () =>
    {
        // Commands in quick succession are counted by gVisor's kernel for a moment after their end, which is not what is tried here.
        var id = await CreateAsync(new JsonObject { ["processes"] = 256 });
        var path = $"/v1/sandboxes/{id}/processes";
        var started = await Api.PostAsync(path, new JsonObject { ["argv"] = new JsonArray("/tmp/attack", "agent-calls", "700", "120"), ["user"] = user, ["tag"] = "attack" }, Cancellation);
        Assert.True(started.Status == HttpStatusCode.Created, started.Text);
        var begun = TimeProvider.System.GetTimestamp();
        var longest = TimeSpan.Zero;
        for (var call = 0; call < Calls; call++)
        {
            var at = TimeProvider.System.GetTimestamp();
            var left = Bound - TimeProvider.System.GetElapsedTime(begun);
            Assert.True(left > TimeSpan.Zero, $"{call} of {Calls} calls were answered in {Bound}.");
            await ShellAsync("true", sandbox: id).WaitAsync(left, TimeProvider.System, Cancellation);
            var took = TimeProvider.System.GetElapsedTime(at);
            if (took > longest) longest = took;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"longest of {Calls} calls: {longest.TotalMilliseconds:0} ms");
        Assert.Null((await Api.GetAsync($"{path}/attack", Cancellation)).Json!["exitCode"]);
    });

    public sealed class Container(HostileServer server) : CallTests(server, "container");

    public sealed class GVisor(HostileServer server) : CallTests(server, "gvisor");
}

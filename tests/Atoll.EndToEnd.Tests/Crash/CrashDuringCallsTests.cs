using System.Net;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class CrashDuringCallsTests : CrashTest
{
    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task Kill_WhileACommandRuns_ConnectionBreaksAndTheSandboxIsFine(string isolation)
    {
        Server.Configure("ATOLL__GUESTS__REATTACHSECONDS", "1");
        await StartAsync();
        var id = await CreateAsync(isolation);
        await StartProcessAsync(id, "while true; do date +%s >> /tmp/beat; sleep 0.1; done", "beat");
        var command = Api.ExecAsync(id, "touch /tmp/begun; sleep 6000", Cancellation);
        await Eventually.HoldsAsync("the command has begun", async () => (await Api.ExecAsync(id, "test -e /tmp/begun", Cancellation))["exitCode"]!.GetValue<int>() == 0, Cancellation);
        await Server.KillAsync(Cancellation);
        await Assert.ThrowsAsync<HttpRequestException>(() => command);

        await StartAsync();
        Assert.Equal("running", (string?)(await GetAsync(id))["state"]);
        var beats = int.Parse(await ShellAsync(id, "wc -l < /tmp/beat"));
        await Eventually.HoldsAsync("the process goes on", async () => int.Parse(await ShellAsync(id, "wc -l < /tmp/beat")) > beats, Cancellation);

        // What nobody waits for any more ends when nobody has come back for it: half a minute after the last moment at which its server would have.
        await Eventually.HoldsAsync("the command nobody waits for has ended", async () => (await Api.ExecAsync(id, "pgrep -f 'sleep 60[0]0'", Cancellation))["exitCode"]!.GetValue<int>() != 0, Cancellation, TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(40)]
    public async Task Kill_WhileDeleting_AfterTheRestartItIsGone(int milliseconds)
    {
        await StartAsync();
        var ids = new[] { await CreateAsync(GVisor, "gone-g"), await CreateAsync(Container, "gone-c") };
        var deletes = ids.Select(id => DeleteAsync(id)).ToList();
        if (milliseconds > 0) await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Cancellation);
        await Server.KillAsync(Cancellation);
        var answered = await Task.WhenAll(deletes);

        await StartAsync();
        for (var i = 0; i < ids.Length; i++)
        {
            var sandbox = await GetAsync(ids[i]);
            if ((string?)sandbox["state"] == "running")
            {
                // The request had not arrived: then nothing of it may be missing, and it can be deleted now.
                Assert.False(answered[i]);
                await ShellAsync(ids[i], "true");
                Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync("/v1/sandboxes/" + ids[i], Cancellation)).Status);
                sandbox = await GetAsync(ids[i]);
            }

            AssertEnded(sandbox, "deleted", "killed_by_user");
            await AssertEndEventAsync(ids[i], "sandbox.deleted", "killed_by_user");
            await AssertNothingLeftAsync(ids[i]);
        }

        await CreateAsync(GVisor, "gone-g");
        await CreateAsync(Container, "gone-c");
    }

    private async Task<bool> DeleteAsync(string id)
    {
        try
        {
            return (await Api.DeleteAsync("/v1/sandboxes/" + id, Cancellation)).Status == HttpStatusCode.NoContent;
        }
        catch (HttpRequestException)
        {
            return false; // The server died before it answered.
        }
    }
}

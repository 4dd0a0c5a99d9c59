using System.Net;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class CrashDuringCreateTests : CrashTest
{
    private const int Rounds = 10;
    private const int AtOnce = 3;
    private const int LatestKillMilliseconds = 600;

    [Fact]
    public async Task Kill_WhileCreating_WhatWasAnsweredRunsAndNothingElseIsLeft()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var promised = new HashSet<string>();
        await StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var creates = Enumerable.Range(0, AtOnce).SelectMany(number => new[] { GVisor, Container }.Select(isolation => AttemptAsync(isolation, $"r{round}-{isolation}-{number}"))).ToList();
            var after = random.Next(LatestKillMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(after), TimeProvider.System, Cancellation);
            await Server.KillAsync(Cancellation);
            var answered = (await Task.WhenAll(creates)).OfType<string>().ToList();
            promised.UnionWith(answered);
            TestContext.Current.TestOutputHelper?.WriteLine($"round {round}: killed after {after} ms, {answered.Count} of {creates.Count} answered");

            await StartAsync();
            await CheckAsync(promised);
            foreach (var id in promised.ToList())
            {
                Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync("/v1/sandboxes/" + id, Cancellation)).Status);
                promised.Remove(id);
            }

            // A sandbox that ran but whose answer never left is the user's too, until the user ends it.
            foreach (var item in await RunningAsync()) await Api.DeleteAsync("/v1/sandboxes/" + item, Cancellation);
        }

        await Eventually.HoldsAsync("nothing is left: " + string.Join("; ", Holdings.Besides(Server, [])), () => Holdings.Besides(Server, []).Count == 0, Cancellation);
    }

    private async Task CheckAsync(HashSet<string> promised)
    {
        var running = await RunningAsync();
        Assert.Empty(promised.Except(running));
        foreach (var id in running) Assert.Equal("works\n", await ShellAsync(id, "echo works"));

        var seen = (await EventsAsync()).Select(happened => (string)happened["sandbox"]!).ToHashSet();
        foreach (var id in seen.Except(running))
        {
            var sandbox = await GetAsync(id);
            Assert.True((string?)sandbox["state"] is "failed" or "deleted" && (string?)sandbox["stateReason"] is { Length: > 0 }, sandbox.ToJsonString());
            Assert.True(HostTraces.Of(Server, id).Count == 0, $"left of {sandbox.ToJsonString()}: {string.Join("; ", HostTraces.Of(Server, id))}");
        }

        Assert.Empty(Holdings.Besides(Server, running));
        await Eventually.HoldsAsync("every slot is whole", () => Holdings.Slots(Server) is var (interfaces, namespaces) && interfaces.SetEquals(namespaces), Cancellation);
    }

    private async Task<IReadOnlyList<string>> RunningAsync() =>
        [.. (await Api.GetAsync("/v1/sandboxes?state=running&limit=100", Cancellation)).Json!["items"]!.AsArray().Select(item => (string)item!["id"]!)];

    /// <summary>The id, if the answer came.</summary>
    private async Task<string?> AttemptAsync(string isolation, string name)
    {
        try
        {
            var answer = await Api.PostAsync("/v1/sandboxes", Body(isolation, name), Cancellation);
            Assert.True(answer.Status == HttpStatusCode.Created && (string?)answer.Json!["state"] == "running", answer.Text);
            return (string)answer.Json["id"]!;
        }
        catch (HttpRequestException)
        {
            return null; // The server died before it answered.
        }
    }
}

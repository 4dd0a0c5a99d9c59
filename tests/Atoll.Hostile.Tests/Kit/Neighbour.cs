using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>A sandbox beside the attacked one, which is asked to run <c>true</c> again and again while the attack lasts.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    // So many that there is something to say of the slow ones, also beside an attack that is over at once.
    private const int FewestExecs = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<double> _milliseconds = [];
    private readonly Api _api;
    private readonly string _sandbox;
    private readonly Task _work;

    public Neighbour(RealServer server, string sandbox)
    {
        (_api, _sandbox) = (new Api(server.Url, server.ApiKey), sandbox);
        _work = Task.Run(AskAsync);
    }

    /// <summary>Ends the asking. Fails the test when one of the commands did not run.</summary>
    public async Task<NeighbourFigures> StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
        return NeighbourFigures.Of(_milliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _stop.Dispose();
        _api.Dispose();
    }

    private async Task AskAsync()
    {
        var time = TimeProvider.System;
        while (!_stop.IsCancellationRequested || _milliseconds.Count < FewestExecs)
        {
            var started = time.GetTimestamp();
            var answer = await _api.PostAsync($"/v1/sandboxes/{_sandbox}/exec", new JsonObject { ["argv"] = new JsonArray("true") }, CancellationToken.None);
            _milliseconds.Add(time.GetElapsedTime(started).TotalMilliseconds);
            Assert.True(answer.Status == HttpStatusCode.OK && (int)answer.Json!["exitCode"]! == 0, $"the neighbour {_sandbox} did not run 'true': {answer.Text}");
            await Task.Delay(Pause, time, CancellationToken.None);
        }
    }
}

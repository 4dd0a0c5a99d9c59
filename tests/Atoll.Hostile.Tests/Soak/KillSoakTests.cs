using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Control;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Soak;

/// <summary>
/// The server dies by <c>kill -9</c> at random moments under a load of creates, commands and deletes: three times, or two hundred with <c>ATOLL_SOAK=1</c>.
/// After each restart, what was answered is so, nothing is there twice, and nothing is left of what is gone.
/// </summary>
public sealed class KillSoakTests(HostileServer shared) : OwnServerTest(shared)
{
    private const int LatestKillMilliseconds = 1200;
    private readonly ConcurrentDictionary<string, string> _made = new();
    private readonly ConcurrentDictionary<string, bool> _deleting = new();
    private readonly ConcurrentDictionary<string, string> _unanswered = new();

    [Fact]
    public async Task Kill_AtRandomMomentsUnderLoad_NothingIsLostDoubledOrLeft()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await StartAsync(Isolations);
        var kills = Soaking.Rounds(3, 200);
        for (var round = 0; round < kills; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var load = new[] { "container", "container", "gvisor" }.Select(isolation => LoadAsync(isolation, stop.Token)).ToList();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(LatestKillMilliseconds)), TimeProvider.System, Cancellation);
            await Server.KillAsync(Cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await StartAsync();
            await CheckAsync();
        }

        foreach (var id in await RunningAsync()) await DeleteAsync(id);
        await NothingIsLeftBesidesAsync([]);
    }

    private async Task LoadAsync(string isolation, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = Guid.NewGuid().ToString("N");
            var body = HostileServer.Body(isolation);
            body["name"] = "k" + key[..15];
            _unanswered[key] = body.ToJsonString();
            try
            {
                var created = await CreateWithKeyAsync(key, _unanswered[key]);
                Assert.True(created.Status == HttpStatusCode.Created, created.Text);
                var id = (string)created.Json!["id"]!;
                _unanswered.TryRemove(key, out _);
                var written = await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = $"echo {key} > /tmp/key && sync" }, CancellationToken.None);
                Assert.True(written.Status == HttpStatusCode.OK, written.Text);
                _made[id] = key;
                if (_made.Count < 4) continue;
                _deleting[id] = false;
                var deleted = await Api.DeleteAsync($"/v1/sandboxes/{id}", CancellationToken.None);
                Assert.True(deleted.Status == HttpStatusCode.NoContent, deleted.Text);
                _deleting[id] = true;
            }
            catch (HttpRequestException)
            {
                return; // The server has died: what was not answered is open.
            }
        }
    }

    private async Task CheckAsync()
    {
        // Asked again with their keys, creates that were never answered give one sandbox each, whether they had been made or not.
        foreach (var (key, body) in _unanswered.ToList())
        {
            var again = await CreateWithKeyAsync(key, body);
            Assert.True(again.Status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.Gone || again.Code is not null, again.Text);
            Assert.True((int)again.Status != 500, again.Text);
            var named = (await Api.GetAsync($"/v1/sandboxes?name=k{key[..15]}&state=running", Cancellation)).Json!["items"]!.AsArray();
            Assert.InRange(named.Count, 0, 1);
            foreach (var item in named) await DeleteAsync((string)item!["id"]!);
            _unanswered.TryRemove(key, out _);
        }

        var running = (await RunningAsync()).ToHashSet();
        foreach (var (id, key) in _made.ToList())
        {
            if (_deleting.TryGetValue(id, out var answered))
            {
                Assert.False(answered && running.Contains(id), $"{id} was deleted and runs");
                if (running.Contains(id)) await DeleteAsync(id);
                _made.TryRemove(id, out _);
                _deleting.TryRemove(id, out _);
                continue;
            }

            Assert.True(running.Contains(id), $"{id} was answered and is lost");
            Assert.Equal(key, (await ShellAsync(id, "cat /tmp/key")).Trim());
        }

        running = [.. await RunningAsync()];
        foreach (var id in running.Except(_made.Keys)) await DeleteAsync(id); // Made, but the command after it was not answered.
        await NothingIsLeftBesidesAsync([.. await RunningAsync()]);
        await Eventually.HoldsAsync("every slot is whole", () => Holdings.Slots(Server) is var (interfaces, namespaces) && interfaces.SetEquals(namespaces), Cancellation);
    }

    private async Task<Answer> CreateWithKeyAsync(string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sandboxes") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await Api.Http.SendAsync(request, CancellationToken.None);
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        return new Answer(response.StatusCode, JsonNode.Parse(text), text);
    }
}

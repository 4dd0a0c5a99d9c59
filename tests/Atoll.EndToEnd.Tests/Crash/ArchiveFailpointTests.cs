using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>
/// The server dies, as by kill -9, right after each step of an archive and of the way back. The disk is always somewhere whole: here until the archive has been read back, there until it is here and
/// runs. What neither the sandbox nor anybody else needs is left in neither place.
/// </summary>
[Collection("failpoints of sleep")]
public sealed class ArchiveFailpointTests : FailpointTest
{
    [Fact]
    public async Task Archive_AndStartKilledAtEachStep_AreUndoneOrDoneAndNothingIsLost()
    {
        await StartAsync();
        var id = await CreateAsync(Container, "web", new JsonObject { ["wakeOn"] = new JsonArray() });
        await ShellAsync(id, "head -c 3000000 /dev/urandom > /tmp/data; chmod 4711 /tmp/data");
        var look = await LookAsync(id);
        foreach (var step in (string[])["noted", "disk", "manifest", "verified", "saved", "done"])
        {
            var archived = step is "saved" or "done";
            if ((string?)(await GetAsync(id))["state"] == "archived") Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/start", null, Cancellation)).Status);
            await DieAtAsync("archive." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/archive", null, Cancellation));
            Assert.Equal(archived ? "archived" : "stopped", (string?)(await GetAsync(id))["state"]);
            await AssertPlacesAsync(id, here: !archived, there: archived);
        }

        foreach (var step in (string[])["noted", "received", "placed", "started", "saved", "done"])
        {
            var running = step is "saved" or "done";
            if ((string?)(await GetAsync(id))["state"] != "archived") Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/archive", null, Cancellation)).Status);
            await DieAtAsync("wake." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/start", null, Cancellation));
            Assert.Equal(running ? "running" : "archived", (string?)(await GetAsync(id))["state"]);
            await AssertPlacesAsync(id, here: running, there: !running);
            if (running) Assert.Equal(look, await LookAsync(id));
        }

        // The archive is deleted with the sandbox.
        Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/archive", null, Cancellation)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await AssertNothingLeftAsync(id);
        await AssertPlacesAsync(id, here: false, there: false);
    }

    private Task<string> LookAsync(string id) => ShellAsync(id, "sha256sum /tmp/data; stat -c '%a %s %u:%g %Y' /tmp/data");

    private async Task AssertPlacesAsync(string id, bool here, bool there)
    {
        await Eventually.HoldsAsync(
            $"its disk is {(here ? "here" : "not here")} and {(there ? "there" : "not there")}: {string.Join(", ", Disks().Concat(Objects(id)))}",
            () => Disks().SequenceEqual(here ? [id] : []) && Objects(id).Any() == there,
            Cancellation);
        foreach (var folder in (string[])["checkpoints", "receiving", "staged"])
        {
            var path = Path.Combine(Pool, folder);
            if (Directory.Exists(path)) Assert.Empty(Directory.EnumerateFileSystemEntries(path));
        }

        await Eventually.HoldsAsync("nothing else is on the host", () => Holdings.Besides(Server, [id]).Count == 0, Cancellation);
    }

    private IEnumerable<string> Disks() => Directory.EnumerateDirectories(Path.Combine(Pool, "sandboxes")).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.'));

    private IEnumerable<string> Objects(string id)
    {
        var path = Path.Combine(Server.StateDirectory, "objects", "data", "archives", id);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [];
    }
}

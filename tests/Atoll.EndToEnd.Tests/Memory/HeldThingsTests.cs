using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Demonstrations;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Memory;

/// <summary>What a process may hold while its sandbox is saved with its memory, and what becomes of it.</summary>
public sealed class HeldThingsTests(StoryServer story) : IClassFixture<StoryServer>
{
    private const string Program = """
        import json, os, pty, signal, socket, time
        files = [open("/etc/hostname") for _ in range(1000)]
        gone = open("/dev/shm/gone", "w+"); gone.write("kept"); gone.flush(); os.unlink("/dev/shm/gone")
        listener = socket.create_server(("0.0.0.0", 9000))
        client = socket.create_connection(("127.0.0.1", 9000)); served, _ = listener.accept()
        one, other = socket.socketpair()
        master, slave = pty.openpty()
        reader, writer = os.pipe(); os.write(writer, b"in the pipe")
        ticks = 0
        def tick(*unused):
            global ticks
            ticks += 1
        def said(work):
            try: return work()
            except OSError as failure: return failure.__class__.__name__
        def again():
            fresh = socket.create_connection(("127.0.0.1", 9000), timeout=5); taken, _ = listener.accept()
            fresh.send(b"new"); return taken.recv(3).decode()
        def look(*unused):
            gone.seek(0); one.send(b"pair"); os.write(master, b"typed\n")
            found = dict(files=sum(1 for f in files if os.fstat(f.fileno()).st_ino > 0), gone=gone.read(), pair=other.recv(4).decode(), typed=os.read(slave, 6).decode(),
                         pipe=os.read(reader, 11).decode(), old=said(lambda: client.send(b"x")), new=said(again), ticks=ticks, clock=time.monotonic(), wall=time.time())
            os.write(writer, b"in the pipe")
            with open("/tmp/found.new", "w") as out: json.dump(found, out)
            os.rename("/tmp/found.new", "/tmp/found")
        signal.signal(signal.SIGALRM, tick)
        signal.signal(signal.SIGUSR1, look)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        open("/tmp/ready", "w").close()
        while True: signal.pause()
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FilesSocketsTerminalAndTimers_SavedAndRestored_AreAsTheyWere()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        await box.PutAsync("/home/user/held.py", Program);
        await box.StartAsync("exec python3 /home/user/held.py", "held");
        await Eventually.HoldsAsync("it holds them", async () => (int)(await story.Api.ExecAsync(box.Id, "test -e /tmp/ready", Cancelled))["exitCode"]! == 0, Cancelled);
        var before = await LookAsync(box);
        Assert.Equal(("1", "new"), (before["old"]!.ToString(), (string)before["new"]!));

        var saved = await box.SavedAsync();
        Same(before, await LookAsync(box));
        await box.RestoredAsync((string)saved["id"]!);
        var restored = await LookAsync(box);
        Same(before, restored);
        Assert.InRange((double)restored["wall"]!, (double)before["wall"]!, (double)before["wall"]! + 3600);
        var fork = (await MemorySandbox.ForkedAsync(story.Api, $"/v1/checkpoints/{saved["id"]}/fork", []))[0];
        Same(before, await LookAsync(fork));
        await fork.DeleteAsync();
        await box.DeleteAsync();
    }

    /// <summary>This runsc cannot save what has no name any more; a later one may.</summary>
    [Fact]
    public async Task DeletedFileOnTheDisk_HeldOpen_IsSavedOrRefusedWithTheReasonAndTheSandboxGoesOn()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        await box.StartAsync("echo kept > /tmp/held; exec 3< /tmp/held; rm /tmp/held; exec sleep 1000", "held");
        await Eventually.HoldsAsync("it is deleted", async () => (int)(await story.Api.ExecAsync(box.Id, "pgrep sleep && ! test -e /tmp/held", Cancelled))["exitCode"]! == 0, Cancelled);
        var saved = await box.SaveAsync();
        if (saved.Status != HttpStatusCode.Created)
        {
            saved.ShouldBe(HttpStatusCode.BadRequest, "not_supported");
            Assert.Contains("deleted", (string)saved.Json!["detail"]!, StringComparison.Ordinal);
        }

        Assert.Equal("works", await box.ShellAsync("echo works"));
        Assert.Equal(HttpStatusCode.Created, (await box.SaveAsync(kind: "disk")).Status);
        await box.ShellAsync("pkill sleep");
        await Eventually.HoldsAsync("it can be saved", async () => (await box.SaveAsync()).Status == HttpStatusCode.Created, Cancelled);
        await box.DeleteAsync();
    }

    /// <summary>Its connection is gone in what is restored; neither it nor anything else may wait for that.</summary>
    [Fact]
    public async Task CommandInFlight_WhenItWasSaved_EndsAndTheRestoredSandboxWorks()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        var command = story.Api.PostAsync($"/v1/sandboxes/{box.Id}/exec", new JsonObject { ["command"] = "touch /tmp/begun; while :; do echo said; sleep 0.2; done" }, Cancelled);
        await Eventually.HoldsAsync("it runs", async () => (int)(await story.Api.ExecAsync(box.Id, "test -e /tmp/begun", Cancelled))["exitCode"]! == 0, Cancelled);
        var saved = await box.SavedAsync();
        await box.RestoredAsync((string)saved["id"]!);
        for (var i = 0; i < 10; i++) Assert.Equal("works", await box.ShellAsync("sleep 0.1; echo works"));
        await Eventually.HoldsAsync("it has ended", async () => (int)(await story.Api.ExecAsync(box.Id, "pgrep -f '[w]hile :'", Cancelled))["exitCode"]! != 0, Cancelled);
        Assert.True(await box.ShellAsync("ps -o times= -p 1 | tr -d ' '") is var used && int.Parse(used, System.Globalization.CultureInfo.InvariantCulture) < 5, "process 1 is busy");
        await box.DeleteAsync();
        Assert.NotEqual(HttpStatusCode.OK, (await command).Status);
    }

    /// <summary>Process 1 may give its host a name, in its own kernel; what it starts may not, and cannot come by that right.</summary>
    [Fact]
    public async Task RootInside_OfTheRightThatProcess1Keeps_HasNothing()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            Assert.Equal("0", await box.ShellAsync($"echo $((0x$(sed -n 's/^{set}:[[:space:]]*//p' /proc/self/status) >> 21 & 1))", "root"));
            Assert.Equal("0", await box.ShellAsync($"echo $((0x$(sed -n 's/^{set}:[[:space:]]*//p' /proc/1/status) >> 21 & 1))", "root"));
        }

        Assert.Equal("refused", await box.ShellAsync("hostname other 2> /dev/null || echo refused", "root"));
        Assert.Equal(box.Id, await box.ShellAsync("hostname"));
        await box.DeleteAsync();
    }

    private static async Task<JsonNode> LookAsync(MemorySandbox box)
    {
        await Eventually.HoldsAsync(
            "it has looked",
            async () => (int)(await box.Api.ExecAsync(box.Id, "rm -f /tmp/found; pkill -USR1 -f '[h]eld.py'; sleep 0.5; test -e /tmp/found", Cancelled))["exitCode"]! == 0,
            Cancelled);
        return JsonNode.Parse(await box.ShellAsync("cat /tmp/found"))!;
    }

    /// <summary>An established connection may have been reset, which its program is told.</summary>
    private static void Same(JsonNode before, JsonNode after)
    {
        foreach (var name in (string[])["files", "gone", "pair", "typed", "pipe", "new"]) Assert.Equal(before[name]!.ToString(), after[name]!.ToString());
        Assert.True(after["old"]!.ToString() is "1" or "ConnectionResetError" or "BrokenPipeError" or "ConnectionAbortedError" or "OSError", after["old"]!.ToString());
        Assert.True((int)after["ticks"]! > (int)before["ticks"]!, "its timer stands still");
        Assert.True((double)after["clock"]! >= (double)before["clock"]!, "its clock went back");
    }
}

using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("attachProcess")]
    public async Task Attach_Terminal_TypesResizesInterruptsAndSeesTheEnd()
    {
        var pid = (int)(await StartAsync(new() { ["argv"] = new JsonArray("sh"), ["pty"] = new JsonObject { ["cols"] = 80, ["rows"] = 24 } }))["pid"]!;
        using var client = await AttachClient.OpenAsync(_api, $"{Root}/processes/{pid}/attach", Cancelled);
        var attached = await client.ReceiveControlAsync(Cancelled);
        Assert.Equal(("attached", pid, true), ((string)attached["type"]!, (int)attached["pid"]!, (bool)attached["pty"]!));

        await client.SendControlAsync(new() { ["type"] = "resize", ["cols"] = 120, ["rows"] = 40 }, Cancelled);
        await client.SendStdinAsync(-1, "stty size\n", Cancelled);
        await client.ReceiveTextAsync("40 120", Cancelled);

        // What says so is what is interrupted: the shell's own child, between fork and exec, takes the signal for the shell.
        await client.SendStdinAsync(-1, "sh -c 'echo star\"\"ted; exec sleep 600'\n", Cancelled);
        await client.ReceiveTextAsync("started", Cancelled);
        await client.SendStdinAsync(-1, "\u0003", Cancelled);
        await client.SendStdinAsync(-1, "echo int''errupted $?; exit 4\n", Cancelled);
        await client.ReceiveTextAsync("interrupted 130", Cancelled);
        JsonNode control;
        do control = await client.ReceiveControlAsync(Cancelled);
        while ((string)control["type"]! != "exit");
        Assert.Equal(4, (int)control["exitCode"]!);
        Assert.Null(await client.ReceiveAsync(Cancelled));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Closed);
    }

    [Fact, Operation("attachProcess")]
    public async Task Attach_BrokenOffAndAgain_GoesOnAtItsOffsetsBothWays()
    {
        var tag = Name("attached");
        await StartAsync(new() { ["argv"] = new JsonArray("cat"), ["keepStdinOpen"] = true, ["tag"] = tag });
        long reached;
        using (var first = await AttachClient.OpenAsync(_api, $"{Root}/processes/{tag}/attach", Cancelled))
        {
            await first.SendStdinAsync(0, "one\n", Cancelled);
            await first.ReceiveTextAsync("one\n", Cancelled);
            reached = first.Reached;
        }

        using var second = await AttachClient.OpenAsync(_api, $"{Root}/processes/{tag}/attach?offset={reached}", Cancelled);
        Assert.Equal(4, (long)(await second.ReceiveControlAsync(Cancelled))["stdinOffset"]!);
        await second.SendStdinAsync(0, "one\ntwo\n", Cancelled);
        Assert.Equal("two\n", await second.ReceiveTextAsync("two\n", Cancelled));
        await second.SendControlAsync(new() { ["type"] = "eof" }, Cancelled);
        JsonNode control;
        do control = await second.ReceiveControlAsync(Cancelled);
        while ((string)control["type"]! != "exit");
        Assert.Equal(0, (int)control["exitCode"]!);
    }

    [Fact, Operation("attachProcess")]
    public async Task Attach_SignalByName_EndsTheProcess()
    {
        var pid = (int)(await StartAsync(new() { ["argv"] = new JsonArray("sleep", "600") }))["pid"]!;
        using var client = await AttachClient.OpenAsync(_api, $"{Root}/processes/{pid}/attach", Cancelled);
        await client.ReceiveControlAsync(Cancelled);
        await client.SendControlAsync(new() { ["type"] = "signal", ["signal"] = "SIGINT" }, Cancelled);
        var exit = await client.ReceiveControlAsync(Cancelled);
        Assert.Equal(("exit", 2), ((string)exit["type"]!, (int)exit["signal"]!));
    }

    [Fact, Operation("attachProcess")]
    public async Task Attach_PacedFiftyMegabytes_LosesNoByte()
    {
        const int size = 50 * 1024 * 1024;
        var line = "0123456789abcdef0123456789abcde\n"u8.ToArray();
        var body = new JsonObject { ["command"] = $"yes 0123456789abcdef0123456789abcde | head -c {size}", ["paced"] = true, ["maxOutputBytes"] = 65536 };
        var pid = (int)(await StartAsync(body))["pid"]!;
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = 0; at < size; at += line.Length) expected.AppendData(line);
        using var got = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var client = await AttachClient.OpenAsync(_api, $"{Root}/processes/{pid}/attach?pacing=true", Cancelled);
        while (await client.ReceiveAsync(Cancelled) is { } message)
        {
            if (message.Kind == 1) got.AppendData(message.Bytes.Span);
            else Assert.DoesNotContain((string)JsonNode.Parse(message.Bytes.Span)!["type"]!, new[] { "dropped", "error" });
        }

        Assert.Equal(size, client.Reached);
        Assert.Equal(expected.GetHashAndReset(), got.GetHashAndReset());
    }

    [Fact, Operation("attachProcess")]
    public async Task Attach_WithoutUpgradeOrProcess_SaysSo()
    {
        var pid = (int)(await StartAsync(new() { ["argv"] = new JsonArray("true") }))["pid"]!;
        (await _api.GetAsync($"{Root}/processes/{pid}/attach", Cancelled)).ShouldBe(HttpStatusCode.UpgradeRequired, "upgrade_required");
        (await _api.GetAsync($"{Root}/processes/999999/attach", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "process_not_found");
    }
}

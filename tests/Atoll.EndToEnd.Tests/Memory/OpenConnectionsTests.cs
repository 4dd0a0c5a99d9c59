using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atoll.EndToEnd.Tests.Demonstrations;
using Atoll.EndToEnd.Tests.Egress;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Memory;

/// <summary>Connections of a sandbox with the outside, when it is saved with its memory: they end for every program as if reset by the other end, and each goes on with new ones.</summary>
public sealed class OpenConnectionsTests(StoryServer story) : IClassFixture<StoryServer>
{
    private const string AsyncioServer = """
        import asyncio
        log = open("/tmp/8080.log", "w", buffering=1)
        async def answer(reader, writer):
            try:
                while line := await reader.readline():
                    writer.write(line); await writer.drain()
            except OSError: pass
            log.write("ended\n"); writer.close()
        async def main():
            async with await asyncio.start_server(answer, "0.0.0.0", 8080) as server: await server.serve_forever()
        asyncio.run(main())
        """;

    private const string ThreadedServer = """
        import socket, threading
        log = open("/tmp/8082.log", "w", buffering=1)
        def answer(one):
            try:
                while data := one.recv(100): one.sendall(data)
            except OSError: pass
            log.write("ended\n"); one.close()
        listener = socket.create_server(("0.0.0.0", 8082))
        while True: threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
        """;

    private const string NodeServer = """
        const fs = require('fs');
        fs.writeFileSync('/tmp/8081.log', '');
        require('net').createServer(one => {
          one.on('error', () => {});
          one.on('close', () => fs.appendFileSync('/tmp/8081.log', 'ended\n'));
          one.pipe(one);
        }).listen(8081);
        """;

    /// <summary>Blocked in recv() of one connection, and asyncio on another.</summary>
    private const string Client = """
        import asyncio, socket, sys, threading
        log = open("/tmp/client.log", "w", buffering=1)
        def block():
            with socket.create_connection((sys.argv[1], 80)) as one:
                log.write("open\n")
                try: one.recv(1)
                except OSError: pass
            log.write("ended\n")
        threading.Thread(target=block, daemon=True).start()
        async def main():
            reader, writer = await asyncio.open_connection(sys.argv[1], 80)
            log.write("open\n")
            try: await reader.read(1)
            except OSError: pass
            log.write("ended\n")
            while True: await asyncio.sleep(1000)
        asyncio.run(main())
        """;

    private static readonly int[] Ports = [8080, 8081, 8082];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServersWithOpenConnections_SuspendedSavedRestoredAndForked_SeeThemEndAndAnswerNewOnes()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        await box.PutAsync("/home/user/asyncio-server.py", AsyncioServer);
        await box.PutAsync("/home/user/threads.py", ThreadedServer);
        await box.PutAsync("/home/user/server.js", NodeServer);
        await box.StartAsync("exec python3 /home/user/asyncio-server.py", "port-8080");
        await box.StartAsync("exec node /home/user/server.js", "port-8081");
        await box.StartAsync("exec python3 /home/user/threads.py", "port-8082");
        foreach (var port in Ports) await Eventually.HoldsAsync($"{port} listens", async () => (int)(await story.Api.ExecAsync(box.Id, $"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}'", Cancelled))["exitCode"]! == 0, Cancelled);

        // One connection alone was enough to make asyncio deaf.
        var open = await OpenAsync(box);
        Assert.Equal(HttpStatusCode.OK, (await story.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{box.Id}/suspend", "{}", Cancelled)).Status);
        Assert.Equal(HttpStatusCode.OK, (await story.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{box.Id}/start", "{}", Cancelled)).Status);
        await AnswersAsync(box);
        foreach (var one in open) one.Dispose();

        open = await OpenAsync(box);
        var saved = await box.SavedAsync();
        await AnswersAsync(box);
        await box.RestoredAsync((string)saved["id"]!);
        await AnswersAsync(box);
        var fork = (await MemorySandbox.ForkedAsync(story.Api, $"/v1/checkpoints/{saved["id"]}/fork", []))[0];
        await AnswersAsync(fork);
        await fork.DeleteAsync();
        foreach (var one in open) one.Dispose();
        await box.DeleteAsync();
    }

    [Fact]
    public async Task ClientsOfTheInternet_SuspendedAndWoken_SeeTheirConnectionsEnd()
    {
        await using var internet = await FakeInternet.CreateAsync(story.Real.Instance, Cancelled);
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        await box.PutAsync("/home/user/client.py", Client);
        await box.StartAsync($"exec python3 /home/user/client.py {internet.Address}", "client");
        await Eventually.HoldsAsync("it has its connections", async () => await box.ShellAsync("grep -c open /tmp/client.log || true") == "2", Cancelled);
        Assert.Equal(HttpStatusCode.OK, (await story.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{box.Id}/suspend", "{}", Cancelled)).Status);
        await Eventually.HoldsAsync("both have ended", async () => await box.ShellAsync("grep -c ended /tmp/client.log || true") == "2", Cancelled);
        await StandsStillAsync(box, "client");
        await box.DeleteAsync();
    }

    private static async Task<string> AddressAsync(MemorySandbox box) => (await box.ShellAsync("hostname -I")).Split(' ')[0];

    private static async Task<IReadOnlyList<TcpClient>> OpenAsync(MemorySandbox box)
    {
        var address = await AddressAsync(box);
        List<TcpClient> open = [];
        foreach (var port in Ports) open.Add(await EchoAsync(address, port));
        return open;
    }

    private static async Task<TcpClient> EchoAsync(string address, int port)
    {
        TcpClient client = new();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            await client.ConnectAsync(address, port, limit.Token);
            await client.GetStream().WriteAsync("hello\n"u8.ToArray(), limit.Token);
            var echo = new byte[6];
            await client.GetStream().ReadExactlyAsync(echo, limit.Token);
            Assert.Equal("hello\n", Encoding.ASCII.GetString(echo));
            return client;
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            client.Dispose();
            throw new InvalidOperationException($"Port {port} did not answer a new connection within 20 s.");
        }
    }

    /// <summary>The old connections have ended, new ones are answered, and nothing spins.</summary>
    private static async Task AnswersAsync(MemorySandbox box)
    {
        foreach (var port in Ports) await Eventually.HoldsAsync($"{port} saw its connections end", async () => await OpenCountAsync(box, port) == 0, Cancelled);
        foreach (var one in await OpenAsync(box)) one.Dispose();
        foreach (var port in Ports) await StandsStillAsync(box, $"port-{port}");
    }

    private static async Task<int> OpenCountAsync(MemorySandbox box, int port) =>
        int.Parse(await box.ShellAsync($"awk '$2 ~ /:{port:X4}$/ && $4 == \"01\"' /proc/net/tcp /proc/net/tcp6 | wc -l"), CultureInfo.InvariantCulture);

    /// <summary>What it still had to do is done some time; what spins is at it as long as one looks.</summary>
    private static async Task StandsStillAsync(MemorySandbox box, string tag)
    {
        const int FewTicks = 10;
        var pid = (int)(await box.ProcessAsync(tag))["pid"]!;
        await Eventually.HoldsAsync(
            $"{tag} takes no processor time",
            async () =>
            {
                var before = await TicksAsync(box, pid);
                for (var i = 0; i < 8; i++) await box.ShellAsync("true");
                return await TicksAsync(box, pid) - before <= FewTicks;
            },
            Cancelled);
    }

    private static async Task<int> TicksAsync(MemorySandbox box, int pid) =>
        int.Parse(await box.ShellAsync($"awk '{{ print $14 + $15 }}' /proc/{pid}/stat"), CultureInfo.InvariantCulture);
}

using Atoll.Server.Tests.Fakes;

namespace Atoll.Server.Tests.Ingress;

/// <summary>Requests whose end two readers could see in different places, to a port and to the API: one in front of this server would be smuggled past.</summary>
public sealed class FramingTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Port = 8000;

    [Theory]
    [InlineData("Content-Length: 4\r\nContent-Length: 5\r\n")]
    [InlineData("Content-Length: 4\r\nContent-Length: 4\r\n")]
    [InlineData("Content-Length: 4, 4\r\n")]
    [InlineData("Content-Length: +4\r\n")]
    [InlineData("Content-Length: -4\r\n")]
    [InlineData("Content-Length: 0x4\r\n")]
    [InlineData("Content-Length: 4 4\r\n")]
    [InlineData("Content-Length: 4.0\r\n")]
    [InlineData("Content-Length: \r\n")]
    [InlineData("content-length: +4\r\n")]
    [InlineData("Content-Length: 99999999999999999999999999\r\n")]
    [InlineData("Content-Length : 4\r\n")]
    [InlineData("Content-Length: 4\n")]
    [InlineData("X-Own: 1\nContent-Length: 4\r\n")]
    [InlineData("Content-Length: 4\rX-Own: 1\r\n")]
    [InlineData(" folded: x\r\n")]
    [InlineData("X-Own: 1\r\n Content-Length: 4\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding: identity\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "+4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "0x4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "4\nabcd\n0\n\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "4;a\nabcd\r\n0\r\n\r\n")]
    public async Task Request_ThatCanBeReadTwoWays_IsRefusedAndItsRestIsNone(string headers, string body = "abcd")
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var program = new FakeProgram(async (head, stream) =>
        {
            // Reads what it was sent, as far as that goes, before it answers.
            if (head.Contains("chunked", StringComparison.OrdinalIgnoreCase)) await stream.ReadAtLeastAsync(new byte[64], 64, false, TestContext.Current.CancellationToken);
            await FakeProgram.WriteAsync(stream, FakeProgram.Ok("done"));
        });
        server.Sandboxes.GuestOf(id).Programs[Port] = program;
        server.Ports.Open(id, Port, null);
        foreach (var (line, key) in ((string, string)[])[($"POST /p/{id}/{Port}/", ""), ($"POST /v1/sandboxes/{id}/exec", $"Authorization: Bearer {server.OwnKey}\r\nContent-Type: application/json\r\n")])
        {
            var answer = await RawHttp.SendAsync(server.Url, $"{line} HTTP/1.1\r\nHost: x\r\n{key}{headers}\r\n{body}GET {line.Split(' ')[1]}smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.Matches("^HTTP/1.1 400 ", answer);
            Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
            Assert.DoesNotContain(program.Heads, head => head.Contains("smuggled", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\nHost: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\n\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\n")]
    public async Task Line_ThatEndsInABareLineFeed_IsRefused(string request) => Assert.Matches("^HTTP/1.1 400 ", await RawHttp.SendAsync(server.Url, request));

    [Theory]
    [InlineData("Content-Length: 4\r\n", "abcd")]
    [InlineData("content-length:   4  \r\n", "abcd")]
    [InlineData("Content-Length: 0004\r\n", "abcd")]
    [InlineData("Transfer-Encoding: chunked\r\n", "4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: Chunked\r\n", "2;x=1\r\nab\r\n2\r\ncd\r\n0\r\n\r\n")]
    public async Task Request_ThatIsPlain_Arrives(string headers, string body)
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var program = new FakeProgram(FakeProgram.Ok("done"));
        server.Sandboxes.GuestOf(id).Programs[Port] = program;
        server.Ports.Open(id, Port, null);
        var answer = await RawHttp.SendAsync(server.Url, $"POST /p/{id}/{Port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n{body}");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.All(program.Heads, head => Assert.False(head.Contains("\r\nContent-Length", StringComparison.OrdinalIgnoreCase) && head.Contains("\r\nTransfer-Encoding", StringComparison.OrdinalIgnoreCase), head));
    }
}

using System.Net.Sockets;
using System.Text;

namespace Atoll.Server.Tests.Ingress;

/// <summary>Sends bytes that no client library would, and reads what comes until the server closes.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<string> SendAsync(Uri server, string request)
    {
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        expiry.CancelAfter(Limit);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, expiry.Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), expiry.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, expiry.Token) is > 0 and var count) answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // A reset after the answer is an end as well.
        }

        return answer.ToString();
    }
}

using System.Net;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Protocol.Client;

/// <summary>Opens calls to one agent: its address and its token. Thread-safe; holds no connection.</summary>
public sealed class AgentClient(EndPoint endpoint, ReadOnlyMemory<byte> token, TimeProvider time)
{
    public const uint ProtocolVersion = 1;

    /// <summary>How long connecting and sending the call may take: the agent is one hop away and always accepts, but on a host whose cores all work its turn may be seconds away.</summary>
    public static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>Whether the sandbox cannot answer now through no fault of its own: no silence counts meanwhile.</summary>
    public Func<bool> StandsStill { get; set; } = static () => false;

    public EndPoint Endpoint => endpoint;

    private readonly ByteString _token = ByteString.CopyFrom(token.Span);

    /// <summary>Opens a connection for one call; version and token are filled in here.</summary>
    /// <exception cref="AgentConnectionException">The agent does not answer.</exception>
    public Task<AgentConnection> CallAsync(Call call, CancellationToken cancellation) => CallAsync(call, ConnectLimit, cancellation);

    /// <inheritdoc cref="CallAsync(Call, CancellationToken)"/>
    public async Task<AgentConnection> CallAsync(Call call, TimeSpan limit, CancellationToken cancellation)
    {
        var connection = await AgentConnection.OpenAsync(endpoint, Sign(call), limit, time, cancellation);
        connection.Pulse = new AgentPulse(endpoint, Sign, StandsStill, time);
        return connection;
    }

    private Call Sign(Call call)
    {
        call.Version = ProtocolVersion;
        call.Token = _token;
        return call;
    }
}

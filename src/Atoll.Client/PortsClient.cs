using System.Globalization;
using Atoll.Client.Http;
using Atoll.Client.Ports;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Ports of one sandbox.</summary>
public sealed class PortsClient
{
    private readonly ApiConnection _connection;
    private readonly string _sandbox;

    internal PortsClient(ApiConnection connection, string sandbox) => (_connection, _sandbox) = (connection, sandbox);

    /// <summary>Those that something listens on, and those that are exposed.</summary>
    public async Task<IReadOnlyList<PortInfo>> ListAsync(CancellationToken cancellation) => (await _connection.GetAsync(Path(""), AtollJson.Default.AtollPagePortInfo, cancellation)).Items;

    /// <summary>Lets a port be reached without a key. Doing so again replaces its token.</summary>
    public Task<ExposedPortInfo> ExposeAsync(int port, ExposePort request, CancellationToken cancellation) =>
        _connection.PostAsync(Path(Text(port)), request, AtollRequestJson.Default.ExposePort, AtollJson.Default.ExposedPortInfo, cancellation);

    /// <summary>Lets nobody in without a key any more; connections that are open go on.</summary>
    public Task CloseAsync(int port, CancellationToken cancellation) => _connection.DeleteAsync(Path(Text(port)), cancellation);

    private string Path(string rest) => Query.Sandbox(_sandbox, "/ports" + rest);

    private static string Text(int port) => "/" + port.ToString(CultureInfo.InvariantCulture);
}

using Atoll.Client.Http;
using Atoll.Client.Service;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>The server itself.</summary>
public sealed class ServiceClient
{
    private readonly ApiConnection _connection;

    internal ServiceClient(ApiConnection connection) => _connection = connection;

    public Task<ServerInfo> InfoAsync(CancellationToken cancellation) => _connection.GetAsync("/v1/info", AtollJson.Default.ServerInfo, cancellation);

    public Task<WhoAmI> WhoAmIAsync(CancellationToken cancellation) => _connection.GetAsync("/v1/whoami", AtollJson.Default.WhoAmI, cancellation);

    public Task<DoctorReport> DoctorAsync(CancellationToken cancellation) => _connection.GetAsync("/v1/doctor", AtollJson.Default.DoctorReport, cancellation);
}

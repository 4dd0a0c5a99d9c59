using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Ports;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Exposed ports in memory; a token stands for itself.</summary>
internal sealed class FakePorts : IPorts
{
    private readonly ConcurrentDictionary<(SandboxId Id, int Port), (TeamId Team, ExposedPort How, string? Token)> _open = new();

    public void Open(string sandbox, int port, string? token, DateTimeOffset? until = null) =>
        _open[(SandboxId.Parse(sandbox), port)] = (new("team_own"), new() { Public = token is null, CreatedAt = TimeProvider.System.GetUtcNow(), ExpiresAt = until }, token);

    public Task<Result<OpenedPort>> ExposeAsync(TeamId team, string idOrName, int port, PortRequest request, CancellationToken cancellation)
    {
        if (team.Value != "team_own" || !SandboxId.TryParse(idOrName, out var id)) return Task.FromResult<Result<OpenedPort>>(new Fault(FaultCode.SandboxNotFound, FaultSide.Caller, FaultStage.Lookup, "No."));
        var token = request.Public ? null : "atoll_port_made";
        Open(idOrName, port, token);
        return Task.FromResult<Result<OpenedPort>>(new OpenedPort(id, port, _open[(id, port)].How, token));
    }

    public Task<Result<Sandbox>> CloseAsync(TeamId team, string idOrName, int port, CancellationToken cancellation) =>
        Task.FromResult<Result<Sandbox>>(new Fault(FaultCode.PortNotExposed, FaultSide.Caller, FaultStage.Lookup, "It is not exposed."));

    /// <summary>The newest visit's, for a test to end.</summary>
    public Grant? Last { get; private set; }

    public OpenVisit Open(SandboxId id, int port, AdmittedVisit visit) => new(Last = new(), () => { });

    public AdmittedVisit? Admit(SandboxId id, int port, IReadOnlyCollection<string> tokens) =>
        _open.TryGetValue((id, port), out var open) && (open.Token is null || tokens.Contains(open.Token)) ? new(open.Team, open.How, open.Token) : null;
}

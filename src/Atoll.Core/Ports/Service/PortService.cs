using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Teams;

namespace Atoll.Core.Ports.Service;

/// <summary>The front door: checks what was asked for, makes the token, and hands on to the sandbox's grain. Who may pass is answered from memory.</summary>
internal sealed class PortService(ISandboxes sandboxes, SandboxDirectory directory, IGrainFactory grains, OpenVisits visits, TimeProvider time) : IPorts
{
    /// <summary>Ten years: beyond any sandbox, and within every clock.</summary>
    private const double LongestTtl = 10 * 366 * 86_400.0;

    public async Task<Result<OpenedPort>> ExposeAsync(TeamId team, string idOrName, int port, PortRequest request, CancellationToken cancellation)
    {
        if (Check(port, request) is { } wrong) return wrong;
        if (!(await FindAsync(team, idOrName, cancellation)).TryGet(out var id, out var fault)) return fault;
        var token = request.Public ? null : PortTokens.New();
        var now = time.GetUtcNow();
        ExposedPort how = new()
        {
            Public = request.Public,
            TokenHash = token is null ? null : PortTokens.Hash(token),
            CreatedAt = now,
            ExpiresAt = request.TtlSeconds > 0 ? now.AddSeconds(request.TtlSeconds) : null,
        };
        var exposed = await Grain(id).ExposeAsync(port, how).WaitAsync(cancellation);
        return exposed.Map(_ => new OpenedPort(id, port, how, token));
    }

    public async Task<Result<Sandbox>> CloseAsync(TeamId team, string idOrName, int port, CancellationToken cancellation)
    {
        if (Check(port, null) is { } wrong) return wrong;
        if (!(await FindAsync(team, idOrName, cancellation)).TryGet(out var id, out var fault)) return fault;
        return await Grain(id).CloseAsync(port, expired: false).WaitAsync(cancellation);
    }

    public AdmittedVisit? Admit(SandboxId id, int port, IReadOnlyCollection<string> tokens)
    {
        if (directory.Find(id)?.Sandbox is not { } sandbox || sandbox.Spec.Ports?.GetValueOrDefault(port) is not { } how || !how.IsOpen(time.GetUtcNow())) return null;
        if (how.Public) return new(sandbox.Team, how, null);
        return how.TokenHash is { } hash && tokens.FirstOrDefault(token => PortTokens.Opens(token, hash)) is { } token ? new(sandbox.Team, how, token) : null;
    }

    public OpenVisit Open(SandboxId id, int port, AdmittedVisit visit) => visits.Open(id, port, visit);

    private static Fault? Check(int port, PortRequest? request)
    {
        FieldErrors errors = new();
        if (port is < 1 or > ushort.MaxValue) errors.Add("port", $"A port is a number from 1 to {ushort.MaxValue}.");
        if (request is not null && !(request.TtlSeconds is >= 0 and <= LongestTtl)) errors.Add("ttlSeconds", "Must be 0 (for as long as the sandbox lives) to ten years, in seconds.");
        return errors.ToFault();
    }

    /// <summary>One that has ended is refused with its reason by its grain.</summary>
    private async Task<Result<SandboxId>> FindAsync(TeamId team, string idOrName, CancellationToken cancellation) =>
        (await sandboxes.GetAsync(team, idOrName, cancellation)).Map(sandbox => sandbox.Id);

    private ISandboxGrain Grain(SandboxId id) => grains.GetGrain<ISandboxGrain>(id.Value);
}

using Atoll.Core.Faults;
using Atoll.Core.Ports;
using Atoll.Core.Teams;
using Atoll.Server.Http.Access;
using Atoll.Server.Ingress.Addresses;
using Atoll.Server.Ingress.Secrets;

namespace Atoll.Server.Ingress.Access;

/// <summary>
/// Who may reach a port: anybody where it is public, whoever has its token, and keys of the sandbox's team that may run commands in it or expose its ports. Everybody else learns nothing, not even
/// whether there is such a sandbox: one answer for all.
/// </summary>
internal sealed class VisitGate(RateLimits limits)
{
    public const string TokenHeader = "X-Atoll-Port-Token";
    private const string KeyHeader = "X-API-Key";
    private const string Scheme = "Bearer ";

    /// <summary>More than a browser or program sends; each costs a hash.</summary>
    private const int MostTokens = 8;

    public static Fault NothingHere { get; } = new(
        FaultCode.NotFound, FaultSide.Caller, FaultStage.Lookup, "There is nothing here for you.",
        "Check the address. A port that is not public needs its token, or an API key of its team, in a header.");

    public async Task<Result<Visit>> AdmitAsync(HttpContext http, PortAddress address)
    {
        var tokens = TokensOf(http, address);
        if (http.RequestServices.GetRequiredService<IPorts>().Admit(address.Id, address.Port, tokens) is { } exposure) return new Visit(exposure.Team, exposure, Grant.Lasting);
        if (KeyOf(http.Request.Headers) is not { } secret) return NothingHere;
        var known = await IdentifyAsync(http, secret);
        if (!known.TryGet(out var caller, out var fault)) return fault;
        http.Features.Set(caller);
        return caller.May(KeyScopes.Exec) || caller.May(KeyScopes.SandboxesWrite) ? new Visit(caller.Team, null, caller.Grant) : NothingHere;
    }

    private async Task<Result<KeyHolder>> IdentifyAsync(HttpContext http, string secret)
    {
        var keys = http.RequestServices.GetRequiredService<IKeys>();
        var known = await keys.AuthenticateAsync(secret, http.RequestAborted);
        if (known.Fault?.Code is not (FaultCode.Unauthenticated or FaultCode.KeyExpired)) return known;
        return limits.TakeFailure(http.Connection.RemoteIpAddress) ?? NothingHere;
    }

    private static List<string> TokensOf(HttpContext http, PortAddress address)
    {
        List<string> tokens = [.. http.Request.Headers[TokenHeader].OfType<string>(), .. PortCookie.TokensIn(http)];
        if (PortCookie.TokenInQuery(address) is { } token) tokens.Insert(0, token);
        if (tokens.Count > MostTokens) tokens.RemoveRange(MostTokens, tokens.Count - MostTokens);
        return tokens;
    }

    private static string? KeyOf(IHeaderDictionary headers)
    {
        if (headers[KeyHeader] is [{ } key] && OwnSecrets.AreIn(key)) return key;
        return headers.Authorization is [{ } bearer] && bearer.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && OwnSecrets.AreIn(bearer) ? bearer[Scheme.Length..].Trim() : null;
    }
}

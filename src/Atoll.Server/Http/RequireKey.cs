using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http;

/// <summary>
/// Every path under <c>/v1</c> needs a key, also one that has no route, so that nobody without a key learns which there are. A key is taken from headers only:
/// a query ends up in histories and logs of proxies, so a request that has one there is refused even when a header would do.
/// </summary>
internal sealed class RequireKey(RequestDelegate next)
{
    private const string Scheme = "Bearer ";

    // Longer than any key, and short enough to hash for anybody who asks.
    private const int MaxLength = 256;
    private static readonly string[] Forbidden = ["key", "apikey", "api_key", "x-api-key", "token", "access_token", "authorization"];

    public async Task InvokeAsync(HttpContext http, ITeams teams)
    {
        if (!http.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }

        if (http.Request.Query.Keys.Any(name => Forbidden.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            await Refuse(http, "A key must not be in the query: take it for known and revoke it.");
            return;
        }

        if (Presented(http.Request.Headers) is not { } secret)
        {
            await Refuse(http, "This route needs an API key.");
            return;
        }

        var known = await teams.AuthenticateAsync(secret, http.RequestAborted);
        if (!known.TryGet(out var caller, out var fault))
        {
            if (fault.Code is FaultCode.Unauthenticated) await Refuse(http, "This API key is not known, or was revoked.");
            else await new FaultResult(fault).ExecuteAsync(http);
            return;
        }

        http.Features.Set(caller);
        await next(http);
    }

    private static string? Presented(IHeaderDictionary headers)
    {
        var (bearer, header) = (headers.Authorization, headers["X-API-Key"]);
        if (bearer.Count + header.Count != 1) return null;
        var secret = header.Count == 1 ? header[0] : bearer[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? bearer[0]![Scheme.Length..].Trim() : null;
        return secret is { Length: > 0 and <= MaxLength } ? secret : null;
    }

    private static Task Refuse(HttpContext http, string detail) =>
        new FaultResult(new(FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, detail, "Send one of Authorization: Bearer atoll_… or X-API-Key: atoll_….")).ExecuteAsync(http);
}

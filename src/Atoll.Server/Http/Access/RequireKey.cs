using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Access;

/// <summary>
/// Every path under <c>/v1</c> needs a key, also one that has no route, so that nobody without a key learns which there are. A key is taken from headers only:
/// a query ends up in histories and logs of proxies, so a request that has one there is refused even when a header would do.
/// <para>Keys are recognised first, in memory, and failures counted after: who has a valid key is heard however many wrong ones come from the same address, and a wrong one costs no look-up.</para>
/// </summary>
internal sealed class RequireKey(RequestDelegate next, RateLimits limits)
{
    private const string Scheme = "Bearer ";

    // Longer than any key, and short enough to hash for anybody who asks.
    private const int MaxLength = 256;
    private static readonly string[] Forbidden = ["key", "apikey", "api_key", "x-api-key", "token", "access_token", "authorization"];

    public async Task InvokeAsync(HttpContext http, IKeys keys)
    {
        if (!http.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }

        var known = await IdentifyAsync(http, keys);
        if (!known.TryGet(out var caller, out var fault))
        {
            if (fault.Code is FaultCode.Unauthenticated or FaultCode.KeyExpired) fault = limits.TakeFailure(http.Connection.RemoteIpAddress) ?? fault;
            await new FaultResult(fault).ExecuteAsync(http);
            return;
        }

        http.Features.Set(caller);
        await next(http);
    }

    private static async Task<Result<KeyHolder>> IdentifyAsync(HttpContext http, IKeys keys)
    {
        if (http.Request.Query.Keys.Any(name => Forbidden.Contains(name, StringComparer.OrdinalIgnoreCase)))
            return Refusal("A key must not be in the query: take it for known and revoke it.");
        if (Presented(http.Request.Headers) is not { } secret) return Refusal("This route needs an API key.");
        var known = await keys.AuthenticateAsync(secret, http.RequestAborted);
        return known.Fault?.Code is FaultCode.Unauthenticated ? Refusal("This API key is not known, or was revoked.") : known;
    }

    private static string? Presented(IHeaderDictionary headers)
    {
        var (bearer, header) = (headers.Authorization, headers["X-API-Key"]);
        if (bearer.Count + header.Count != 1) return null;
        var secret = header.Count == 1 ? header[0] : bearer[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? bearer[0]![Scheme.Length..].Trim() : null;
        return secret is { Length: > 0 and <= MaxLength } ? secret : null;
    }

    private static Fault Refusal(string detail) =>
        new(FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, detail, "Send one of Authorization: Bearer atoll_… or X-API-Key: atoll_….");
}

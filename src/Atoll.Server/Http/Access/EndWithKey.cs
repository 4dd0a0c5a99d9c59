using Atoll.Core.Teams;
using Atoll.Server.Http.Calls;

namespace Atoll.Server.Http.Access;

/// <summary>
/// What a request has open ends with the key that let it in: revoked, expired, or able to do less. Left out is what manages keys, users and teams: it is short, and may be what ends its own key, which is to hear that it did.
/// </summary>
internal sealed class EndWithKey(RequestDelegate next, TimeProvider time)
{
    private const KeyScopes Managing = KeyScopes.Keys | KeyScopes.Team | KeyScopes.Operator;

    public async Task InvokeAsync(HttpContext http)
    {
        var manages = (OperationScopes.Of(OperationScopes.OperationOf(http)) & Managing) is not (null or KeyScopes.None);
        using var end = http.Features.Get<KeyHolder>() is { } caller && !manages ? GrantEnd.Watch(http, caller.Grant, time) : null;
        await next(http);
    }
}

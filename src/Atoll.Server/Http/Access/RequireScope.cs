using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Access;

/// <summary>Refuses what a key's scopes do not cover, before anything is looked up: whether a sandbox exists is none of such a key's business.</summary>
internal sealed class RequireScope(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        // What has no route, or not with this method, is answered as that: to a caller with a key only.
        if (http.Features.Get<KeyHolder>() is not { } caller || http.GetEndpoint() is not RouteEndpoint) return next(http);
        var needed = OperationScopes.Of(OperationScopes.OperationOf(http)) ?? throw new InvalidOperationException("An operation without a scope is open to nobody.");
        return caller.May(needed) ? next(http) : new FaultResult(Lacking(caller, needed)).ExecuteAsync(http);
    }

    public static Fault Lacking(KeyHolder caller, KeyScopes needed)
    {
        var word = ScopeWords.Of(needed)[0];
        return new(FaultCode.ForbiddenScope, FaultSide.Caller, FaultStage.Request, $"This needs the scope '{word}', which key {caller.KeyId} does not have.", $"Use a key that has '{word}', or have one made.");
    }
}

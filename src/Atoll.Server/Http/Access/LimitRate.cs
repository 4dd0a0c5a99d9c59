using Atoll.Core.Teams;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Access;

/// <summary>Refuses the requests of a key that come too fast, before anything is done for them. An open stream counts once.</summary>
internal sealed class LimitRate(RequestDelegate next, RateLimits limits)
{
    public Task InvokeAsync(HttpContext http) =>
        http.Features.Get<KeyHolder>() is { } caller && limits.Take(caller.KeyId) is { } fault ? new FaultResult(fault).ExecuteAsync(http) : next(http);
}

using Atoll.Core.Teams;

namespace Atoll.Server.Http.Calls;

/// <summary>
/// One request that goes on while what let it in ends. Streams and calls hear of it by the grant, and have a moment to tell their client; what is still open then is cut off, whatever it waits for.
/// Disposed when the request is over: its connection may serve another at once. Costs one registration.
/// </summary>
internal sealed class GrantEnd : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private readonly HttpContext _http;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;
    private bool _over;

    private GrantEnd(HttpContext http, Grant grant, TimeProvider time)
    {
        (_http, _time) = (http, time);
        _registration = grant.Ended.UnsafeRegister(static self => ((GrantEnd)self!).Begin(), this);
    }

    /// <summary>From here on <see cref="Of"/> is this grant. Null, and nothing to watch, where it never ends.</summary>
    public static GrantEnd? Watch(HttpContext http, Grant grant, TimeProvider time)
    {
        if (!grant.CanEnd) return null;
        http.Features.Set(grant);
        return new(http, grant, time);
    }

    /// <summary>What lets this request in for as long as it goes on.</summary>
    public static Grant Of(HttpContext http) => http.Features.Get<Grant>() ?? Grant.Lasting;

    public void Dispose()
    {
        _registration.Dispose();
        lock (_lock)
        {
            _over = true;
            _timer?.Dispose();
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (!_over) _timer = _time.CreateTimer(static self => ((GrantEnd)self!).Cut(), this, Grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void Cut()
    {
        lock (_lock)
        {
            if (!_over) _http.Abort();
        }
    }
}

using Atoll.Core.Faults;
using Atoll.Core.Metrics;
using Atoll.Core.Sandboxes;
using Atoll.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Ingress.Access;

/// <summary>How many requests to ports are open, in all and of each sandbox: bounds, so that none of them takes the server from the others or from the API. Threads: any.</summary>
internal sealed class VisitSeats
{
    private readonly IngressOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, int> _taken = [];
    private int _all;

    public VisitSeats(IOptions<IngressOptions> options, AtollMetrics metrics)
    {
        _options = options.Value;
        metrics.Meter.CreateObservableUpDownCounter("atoll.ingress.open", () => Volatile.Read(ref _all), "{request}", "Requests to ports of sandboxes that are open, WebSockets among them.");
    }

    public Result<IDisposable> Take(SandboxId sandbox)
    {
        var (most, mostOfOne) = (_options.Requests, _options.RequestsPerSandbox);
        lock (_lock)
        {
            var own = _taken.GetValueOrDefault(sandbox);
            if (own >= mostOfOne) return Full($"{own} requests to ports of this sandbox are open, which is the most there may be.", "Ingress:RequestsPerSandbox");
            if (_all >= most) return Full($"{_all} requests to ports are open, which is the most this server takes.", "Ingress:Requests");
            _taken[sandbox] = own + 1;
            _all++;
        }

        return Result.Of<IDisposable>(new Seat(this, sandbox));
    }

    private static Fault Full(string detail, string option) => new(FaultCode.TooMany, FaultSide.Caller, FaultStage.Admission, detail, $"Try again when some of them are over, or have {option} raised.");

    private void Return(SandboxId sandbox)
    {
        lock (_lock)
        {
            _all--;
            if (_taken[sandbox] == 1) _taken.Remove(sandbox);
            else _taken[sandbox]--;
        }
    }

    private sealed class Seat(VisitSeats seats, SandboxId sandbox) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0) seats.Return(sandbox);
        }
    }
}

using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>
/// Gives memory back once no user has called for a minute: hundreds of sandboxes wait on one host, and each agent would keep what its busiest moment took. The next call pays for it
/// with a few hundred page faults, about 5 ms; so one that waits to be claimed, which only its host has called, keeps all. Thread-safe.
/// </summary>
internal sealed class IdleTrim : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>No timer of ours is this late, but after a restore: the clock then has gone on meanwhile, and this would be work for the very moment that somebody waits for.</summary>
    private static readonly TimeSpan Asleep = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _quiet;
    private readonly Action _trim;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _last;
    private int _armed;

    /// <param name="quiet">How long nobody has called; zero for a minute.</param>
    /// <param name="trim">Gives the memory back.</param>
    /// <param name="time">Of that.</param>
    public IdleTrim(TimeSpan quiet, Action trim, TimeProvider time)
    {
        _trim = trim;
        _quiet = quiet > TimeSpan.Zero ? quiet : Minute;
        _time = time;
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A call has ended. Costs a clock reading, but for the first after a rest.</summary>
    public void Used(Call call)
    {
        if (IsHosts(call)) return;
        Volatile.Write(ref _last, _time.GetTimestamp());
        if (Interlocked.Exchange(ref _armed, 1) == 0) _timer.Change(_quiet, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>What a host does to make a sandbox ready: hello, a first process in no list, and interpreters, whose tags begin with a tilde.</summary>
    private static bool IsHosts(Call call) => call.RequestCase switch
    {
        Call.RequestOneofCase.Hello or Call.RequestOneofCase.Renew or Call.RequestOneofCase.Part or Call.RequestOneofCase.ListProcesses or Call.RequestOneofCase.SetLimits => true,
        Call.RequestOneofCase.Exec => call.Exec.Spec?.Unlisted is true,
        Call.RequestOneofCase.StartProcess => IsHosts(call.StartProcess.Spec?.Tag),
        Call.RequestOneofCase.Follow => IsHosts(call.Follow.Process?.Tag),
        Call.RequestOneofCase.WriteStdin => IsHosts(call.WriteStdin.Process?.Tag),
        _ => false,
    };

    private static bool IsHosts(string? tag) => tag?.StartsWith('~') is true;

    private void Look()
    {
        var left = _quiet - _time.GetElapsedTime(Volatile.Read(ref _last));
        if (left < -Asleep)
        {
            left = _quiet;
            Volatile.Write(ref _last, _time.GetTimestamp());
        }

        if (left > TimeSpan.Zero)
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        // Before the work: a call that ends meanwhile arms it again.
        Volatile.Write(ref _armed, 0);
        _trim();
    }
}

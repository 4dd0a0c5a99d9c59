using System.Collections.Concurrent;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Runtimes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Idling;

/// <summary>
/// Lets idle <c>gvisor</c> sandboxes sleep. A sentry looks every 400 µs whether its quick path to the sandbox's threads still pays (<c>controlFastPath</c> in gVisor's systrap), in
/// whatever sandbox, for ever: 2 % of a core each, three cores for 150 in which nothing happens. Where nothing has happened for a round, its timers may be 10 ms late, which takes
/// it to a quarter of that; a call to the sandbox, or work of its own, makes them exact again.
/// <para>Flow: the round (every second) finds sandboxes by their run-time folders, those that wait in the warm pool too, and compares each sentry's processor time with the round
/// before. <see cref="Use"/> comes with every call to a sandbox, before it is sent. Threads: any, at any time.</para>
/// </summary>
internal sealed partial class IdleSentries(IOptions<MachineOptions> machine, IOptions<IsolationOptions> options, TimeProvider time, ILogger<IdleSentries> log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<SandboxId, IdleSentry> _sentries = new();
    private bool _failing;

    /// <summary>A call is about to be sent: its processes find exact timers.</summary>
    public void Use(SandboxId id)
    {
        if (_sentries.TryGetValue(id, out var sentry)) sentry.Use();
    }

    /// <summary>Its processes have ended; others may come under its id.</summary>
    public void Forget(SandboxId id) => _sentries.TryRemove(id, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.IdleTimerSlack <= SentryTimers.Exact) return;
        using var timer = new PeriodicTimer(Round, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) TryLook();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Sandboxes go on as they are; the next server takes them up.
        }
    }

    /// <summary>A round that fails (no file descriptor left) costs some processor time until the next; it must not cost the server.</summary>
    private void TryLook()
    {
        try
        {
            Look();
            _failing = false;
        }
        catch (Exception failure)
        {
            if (!_failing) LogFailed(log, failure.Message);
            _failing = true;
        }
    }

    internal void Look()
    {
        var there = Names(RunDirectory.ParentOf(machine.Value, RunDirectory.Runsc));
        foreach (var id in _sentries.Keys.Except(there)) _sentries.TryRemove(id, out _);
        foreach (var id in there)
        {
            if (_sentries.TryGetValue(id, out var known)) known.Look();
            else if (RunDirectory.Of(machine.Value, RunDirectory.Runsc, id).ReadPid() is { } pid) _sentries.TryAdd(id, new IdleSentry(new SentryTimers(pid), options.Value.IdleTimerSlack, time));
        }
    }

    private static HashSet<SandboxId> Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Select(path => SandboxId.TryParse(Path.GetFileName(path), out var id) ? id : default).Where(id => id != default)];
        }
        catch (DirectoryNotFoundException)
        {
            // None was ever started.
            return [];
        }
    }

    [LoggerMessage(3130, LogLevel.Warning, "Idle sandboxes are not looked at for now: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);
}

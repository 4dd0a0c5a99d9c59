using System.Globalization;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Recovery;

/// <summary>Processes that were ended for lack of memory: each becomes an event of its sandbox.</summary>
internal sealed partial class KillWatch(IMachine machine, SandboxDirectory directory, IGrainFactory grains, TimeProvider time, ILogger<KillWatch> log) : ICoreLoop
{
    /// <summary>Events of one sandbox in each <see cref="Period"/>: what a program does on and on must not fill the database.</summary>
    private const int Most = 10;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Dictionary<SandboxId, int> _noted = [];
    private long _begun;

    public async Task RunAsync(CancellationToken stopping)
    {
        _begun = time.GetTimestamp();
        await foreach (var kill in machine.Kills(stopping))
        {
            if (!MayNote(kill.Id) || directory.Find(kill.Id) is null) continue;
            try
            {
                await grains.GetGrain<ISandboxGrain>(kill.Id.Value).NoteKillAsync(Describe(kill));
            }
            catch (Exception failure)
            {
                LogFailed(log, kill.Id, failure);
            }
        }
    }

    private static string Describe(ProcessKill kill) => kill.Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"out_of_memory {kill.Command} {pid}") : "out_of_memory";

    private bool MayNote(SandboxId id)
    {
        if (time.GetElapsedTime(_begun) > Period)
        {
            _noted.Clear();
            _begun = time.GetTimestamp();
        }

        var noted = _noted[id] = _noted.GetValueOrDefault(id) + 1;
        return noted <= Most;
    }

    [LoggerMessage(1282, LogLevel.Error, "That a process of sandbox {Sandbox} was killed could not be noted.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}

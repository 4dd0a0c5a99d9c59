using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>
/// The cgroups of this installation's sandboxes: <c>/Instance/id</c> in every hierarchy of the host, outside any service's, so that they outlive the server.
/// An OCI runtime makes them itself, our own launcher finds them made (<see cref="Make"/>); limits, figures and the end of them are here, the same for every runtime.
/// </summary>
internal sealed class SandboxCgroups
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(5);

    private static readonly ImmutableArray<string> NeededV1 = ["memory", "cpu", "cpuacct", "pids"];
    private static readonly ImmutableArray<string> NeededV2 = ["memory", "cpu", "pids"];

    private readonly Lock _parents = new();
    private readonly string _instance;
    private readonly TimeProvider _time;
    private readonly CgroupMounts _mounts;
    private readonly ICgroupControllers? _controllers;
    private readonly int _weight;
    private int _holders;

    public SandboxCgroups(IOptions<MachineOptions> machine, TimeProvider time)
        : this(machine.Value.Instance, CgroupMounts.Read(), time, machine.Value.SandboxWeight)
    {
    }

    internal SandboxCgroups(string instance, CgroupMounts mounts, TimeProvider time, int weight = 10)
    {
        (_instance, _mounts, _time, _weight) = (instance, mounts, time, weight);
        _controllers = Choose(mounts);
    }

    /// <summary>What this host's cgroups lack for limits to be in force; null when nothing.</summary>
    public string? Missing => _controllers is null
        ? "This host has neither cgroup v1 with memory, cpu, cpuacct and pids nor cgroup v2 with memory, cpu and pids: mount /sys/fs/cgroup and enable these controllers."
        : null;

    /// <summary>The cgroup as runtimes take it, absolute within each hierarchy.</summary>
    public string PathOf(SandboxId id) => "/" + Relative(id);

    public bool Exists(SandboxId id) => Folders(id).Any();

    public bool Contains(SandboxId id, int pid)
    {
        try
        {
            // hierarchy:controllers:path
            return File.ReadLines($"/proc/{pid}/cgroup").Any(line => IsWithin(line.Split(':', 3)[^1], PathOf(id)));
        }
        catch (IOException)
        {
            // The process is gone.
            return false;
        }
    }

    /// <summary>Every sandbox that has a cgroup in any hierarchy.</summary>
    public IReadOnlySet<SandboxId> List()
    {
        var found = new HashSet<SandboxId>();
        foreach (var parent in _mounts.All.Select(mount => Path.Combine(mount, _instance)).Where(Directory.Exists))
        {
            foreach (var folder in Directory.EnumerateDirectories(parent))
            {
                if (SandboxId.TryParse(Path.GetFileName(folder), out var id)) found.Add(id);
            }
        }

        return found;
    }

    /// <summary>Makes a sandbox's cgroups with its limits in force, for a launcher that does not do so itself. Preconditions: <see cref="HoldParents"/>.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="limits">Which.</param>
    /// <param name="apart">Process 1 knows what to do with a <see cref="WorkGroup"/>.</param>
    public Result<MadeCgroups> Make(SandboxId id, CgroupLimits limits, bool apart)
    {
        if (_controllers is null) return new Fault(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation, Missing!);
        try
        {
            var made = _controllers.Make(Relative(id), apart);
            _controllers.Apply(Relative(id), limits);
            return made;
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"The sandbox's cgroup could not be made: {failure.Message}");
        }
    }

    public Result<Done> Apply(SandboxId id, CgroupLimits limits)
    {
        if (_controllers is null || !_controllers.Exists(Relative(id))) return NotRunning(id);
        try
        {
            _controllers.Apply(Relative(id), limits);
            return Done.Value;
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"The kernel refused the new limits: {failure.Message}",
                "Memory cannot be lowered below what is in use.");
        }
    }

    public Result<CgroupUsage> Measure(SandboxId id)
    {
        if (_controllers is null) return NotRunning(id);
        try
        {
            return _controllers.Measure(Relative(id));
        }
        catch (IOException)
        {
            return NotRunning(id);
        }
    }

    /// <summary>A thread in it runs, or would if it got a processor, or waits for a disk. Looks at each of them until one does: tens of microseconds for each that rests.</summary>
    public bool IsAtWork(SandboxId id) => Folders(id).Take(1).SelectMany(Members).SelectMany(ProcessStat.ReadThreads).Any(thread => thread.AtWork);

    /// <exception cref="IOException">It does not run on this host.</exception>
    public MemoryFigures MeasureMemory(SandboxId id) => _controllers?.MeasureMemory(Relative(id)) ?? throw new IOException(Missing);

    /// <inheritdoc cref="ICgroupControllers.LimitMemory"/>
    public void LimitMemory(SandboxId id, long bytes) => _controllers?.LimitMemory(Relative(id), bytes);

    /// <inheritdoc cref="ICgroupControllers.HoldAtLimit"/>
    public void HoldAtLimit(SandboxId id, bool held) => _controllers?.HoldAtLimit(Relative(id), held);

    /// <inheritdoc cref="ICgroupControllers.OpenMemoryNotices"/>
    public IReadOnlyList<SafeFileHandle> OpenMemoryNotices(SandboxId id, long? bytes) => _controllers?.OpenMemoryNotices(Relative(id), bytes) ?? [];

    /// <summary>
    /// Gives what runs under one id the other: everything in its cgroups, and in v1, where a cgroup can be renamed, what it has used so far. In v2 it gets new ones without limits.
    /// Preconditions: it has no others below them; nothing in it makes processes meanwhile; <see cref="HoldParents"/>.
    /// </summary>
    public Result<Done> Rename(SandboxId from, SandboxId to)
    {
        try
        {
            foreach (var folder in Folders(from).ToArray())
            {
                var target = Path.Combine(Path.GetDirectoryName(folder)!, to.Value);
                try
                {
                    FileCall.Rename(folder, target);
                }
                catch (SyscallException refused) when (refused.Errno is Errno.NotPermitted or Errno.NotSupported)
                {
                    Directory.CreateDirectory(target);
                    for (var members = File.ReadAllLines(Path.Combine(folder, "cgroup.procs")); members.Length > 0; members = File.ReadAllLines(Path.Combine(folder, "cgroup.procs")))
                    {
                        foreach (var member in members) CgroupFile.Write(target, "cgroup.procs", long.Parse(member, CultureInfo.InvariantCulture));
                    }

                    Directory.Delete(folder);
                }
            }

            return Done.Value;
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"The sandbox's cgroup could not get its name: {failure.Message}");
        }
    }

    /// <summary>Everything in it stands still when this returns; on a fault it goes on. Polled, because v1 has no way to be told.</summary>
    public Result<Done> Freeze(SandboxId id, TimeSpan limit)
    {
        if (_controllers is null || !_controllers.Exists(Relative(id))) return NotRunning(id);
        var started = _time.GetTimestamp();
        var wait = new SpinWait();
        try
        {
            do
            {
                _controllers.Freeze(Relative(id), frozen: true);
                if (_controllers.IsFrozen(Relative(id))) return Done.Value;

                // A thread needs a processor to stand still, and on a busy host this one weighs more than it: at first it is awaited at once, then a millisecond at a time.
                wait.SpinOnce();
            }
            while (_time.GetElapsedTime(started) < limit);
        }
        catch (IOException failure)
        {
            Thaw(id);
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"The sandbox's processes could not be stopped: {failure.Message}", "The host needs the cgroup freezer.");
        }

        Thaw(id);
        return new Fault(FaultCode.Timeout, FaultSide.Host, FaultStage.Isolation, $"The sandbox's processes did not stop within {limit.TotalMilliseconds:0} ms.", "One of them may hang in the kernel. They go on; try again.");
    }

    /// <summary>Lets it go on. What does not stand still, or is not there, is left as it is.</summary>
    public void Thaw(SandboxId id)
    {
        try
        {
            if (_controllers?.MayBeFrozen(Relative(id)) == true) _controllers.Freeze(Relative(id), frozen: false);
        }
        catch (IOException)
        {
            // Removed meanwhile.
        }
    }

    /// <summary>It was told to stand still, and not yet to go on. Costs reading a file.</summary>
    public bool StandsStill(SandboxId id)
    {
        try
        {
            return _controllers?.MayBeFrozen(Relative(id)) is true;
        }
        catch (IOException)
        {
            // Removed meanwhile.
            return false;
        }
    }

    /// <summary>Kills everything in them, waits for it to be gone, and removes them. Succeeds when there are none.</summary>
    public async Task<Result<Done>> RemoveAsync(SandboxId id, TimeSpan limit, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            int pids;
            try
            {
                var folders = Folders(id).ToImmutableArray();
                pids = Kill(id, folders);
                if (pids == 0 && folders.All(TryRemove))
                {
                    RemoveParents();
                    return Done.Value;
                }
            }
            catch (IOException failure) when (HostShortage.Explain(failure) is { } shortage)
            {
                return shortage;
            }

            if (_time.GetElapsedTime(started) > limit)
            {
                return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation,
                    $"{pids} processes of sandbox {id} have not ended {limit.TotalSeconds:0} s after they were killed.", "They may hang in the kernel; removing the sandbox again tries again.");
            }

            // A killed process leaves its cgroup some milliseconds later, and v1 has no way to be told of it.
            await Task.Delay(RetryAfter, _time, cancellation);
        }
    }

    /// <summary>
    /// Kills everything in a sandbox's cgroups and gives these another id, under which <see cref="RemoveAsync"/> waits for the rest. A killed process runs no more code of its own, whatever the kernel
    /// has still to do with it. False: a cgroup cannot be renamed (v2), or there is none; what was killed is then to be waited for. Preconditions: <see cref="HoldParents"/>.
    /// </summary>
    public bool TryKillAside(SandboxId id, SandboxId aside)
    {
        if (_controllers is not CgroupV1Controllers) return false;
        try
        {
            var folders = Folders(id).ToImmutableArray();

            // Again, for what was being made meanwhile: no more after the first.
            for (var round = 0; round < 2; round++) _ = Kill(id, folders);
            return !folders.IsEmpty && Rename(id, aside).Succeeded;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>While a runtime makes a sandbox's cgroups: their parents must not be tidied away between two of its steps. Dispose when it is done.</summary>
    public IDisposable HoldParents()
    {
        lock (_parents)
        {
            if (_holders++ == 0) MakeParent();
        }

        return new Hold(this);
    }

    /// <summary>The last sandbox's removal leaves nothing of this installation; parents that still hold one stay, since the kernel refuses.</summary>
    private void RemoveParents()
    {
        lock (_parents)
        {
            if (_holders > 0) return;
            foreach (var mount in _mounts.All)
            {
                var parent = Path.Combine(mount, _instance);
                if (Directory.Exists(parent) && !Directory.EnumerateDirectories(parent).Any()) _ = TryRemove(parent);
            }
        }
    }

    private void MakeParent()
    {
        try
        {
            _controllers?.MakeParent(_instance, _weight);
        }
        catch (IOException)
        {
            // The start that it is held for meets the same refusal and says so. A host that refuses the weight alone has sandboxes without it.
        }
    }

    private static ICgroupControllers? Choose(CgroupMounts mounts)
    {
        if (NeededV1.All(mounts.Controllers.ContainsKey)) return new CgroupV1Controllers(mounts);
        if (mounts.Unified is null) return null;
        var offered = File.ReadAllText(Path.Combine(mounts.Unified, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return NeededV2.All(offered.Contains) ? new CgroupV2Controllers(mounts.Unified) : null;
    }

    private int Kill(SandboxId id, ImmutableArray<string> folders)
    {
        // What stands still does not die (v1).
        Thaw(id);
        try
        {
            if (_controllers?.Exists(Relative(id)) ?? false) _controllers.StopForks(Relative(id));
        }
        catch (IOException)
        {
            // Another round of killing removed it meanwhile, or the hierarchy lacks the file: killing goes on all the same.
        }

        var killed = new HashSet<int>();
        foreach (var pid in folders.SelectMany(Members).Where(killed.Add))
        {
            using var process = PidFds.Open(pid);

            // Only while it is still ours: the pid was read from a file a moment ago.
            if (process is not null && Contains(id, pid)) PidFds.Kill(process);
        }

        return killed.Count;
    }

    private static IEnumerable<int> Members(string folder)
    {
        foreach (var cgroup in Tree(folder))
        {
            string[] lines;
            try
            {
                lines = File.ReadAllLines(Path.Combine(cgroup, "cgroup.procs"));
            }
            catch (IOException)
            {
                // Removed meanwhile.
                continue;
            }

            // 0 is a process of another pid namespace, which does not happen from the host's own.
            foreach (var line in lines)
            {
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && pid > 0) yield return pid;
            }
        }
    }

    private static bool TryRemove(string folder)
    {
        try
        {
            foreach (var cgroup in Tree(folder).Reverse()) Directory.Delete(cgroup);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            // Busy: a process is still on its way out.
            return false;
        }
    }

    /// <summary>The cgroup itself and those below it, parents first.</summary>
    private static IEnumerable<string> Tree(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Prepend(folder) : [];

    private static bool IsWithin(string path, string cgroup) =>
        path.StartsWith(cgroup, StringComparison.Ordinal) && (path.Length == cgroup.Length || path[cgroup.Length] == '/');

    private static Fault NotRunning(SandboxId id) => new(FaultCode.SandboxNotRunning, FaultSide.Host, FaultStage.Isolation, $"Sandbox {id} does not run on this host.");

    private IEnumerable<string> Folders(SandboxId id) => _mounts.All.Select(mount => Path.Combine(mount, Relative(id))).Where(Directory.Exists);

    private string Relative(SandboxId id) => $"{_instance}/{id}";

    private sealed class Hold(SandboxCgroups owner) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._parents) owner._holders--;
        }
    }
}

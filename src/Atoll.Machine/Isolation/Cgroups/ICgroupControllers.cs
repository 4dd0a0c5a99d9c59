using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>The files of one version of the kernel's cgroup interface, for a cgroup named relative to its hierarchies (<c>atoll/s123</c>). No state; any thread.</summary>
internal interface ICgroupControllers
{
    bool Exists(string cgroup);

    /// <summary>
    /// Makes the one that holds all sandboxes', or finds it, with so many hundredths of what a process of the host, or the cgroup of a service, weighs: with the kernel's usual weight two sandboxes that spin on two cores
    /// were seen to keep the server from the processor for seconds (kernel 6.18). What no process of the host wants, sandboxes have all the same.
    /// </summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    void MakeParent(string cgroup, int weight);

    /// <summary>Makes the cgroup, with no limits yet. One that is there already stays as it is.</summary>
    /// <exception cref="IOException">The kernel refuses: too many, or a hierarchy that does not offer the controllers below it.</exception>
    /// <param name="cgroup">Its name.</param>
    /// <param name="apart">With a <see cref="WorkGroup"/> in it, where the kernel lets that be.</param>
    MadeCgroups Make(string cgroup, bool apart);

    /// <exception cref="IOException">The kernel refused a value: most likely the memory in use is more than the new limit (v1 only).</exception>
    void Apply(string cgroup, CgroupLimits limits);

    /// <exception cref="IOException">There is no such cgroup.</exception>
    CgroupUsage Measure(string cgroup);

    /// <exception cref="IOException">There is no such cgroup.</exception>
    MemoryFigures MeasureMemory(string cgroup);

    /// <summary>Sets the memory limit alone, for a while: <see cref="Apply"/> sets it with all others.</summary>
    /// <exception cref="IOException">There is no such cgroup, or more is in use (v1).</exception>
    void LimitMemory(string cgroup, long bytes);

    /// <summary>
    /// What touches memory beyond the limit waits for some to be free in place of being killed, or not any more: then the kernel kills at once what still waits. Whoever asks for this must see to what waits.
    /// v1 alone has it; v2 has no such thing, but slows down what comes near the limit (<c>memory.high</c>).
    /// </summary>
    /// <exception cref="IOException">There is no such cgroup.</exception>
    void HoldAtLimit(string cgroup, bool held);

    /// <summary>
    /// Descriptors that become ready, by edges, when it is worth while to look at <see cref="MeasureMemory"/>: the kernel kills something, or (where <paramref name="bytes"/> are given) so many are in use
    /// or it looks for some to take back. Each may do so for nothing, or a moment before.
    /// </summary>
    /// <exception cref="IOException">There is no such cgroup, or no descriptor left.</exception>
    IReadOnlyList<SafeFileHandle> OpenMemoryNotices(string cgroup, long? bytes);

    /// <summary>Asks for everything in it to stand still, or to go on. <see cref="IsFrozen"/> says when it does.</summary>
    /// <exception cref="IOException">There is no such cgroup, or this host cannot freeze.</exception>
    void Freeze(string cgroup, bool frozen);

    /// <summary>Whether everything in it stands still.</summary>
    bool IsFrozen(string cgroup);

    /// <summary>Whether it was asked to stand still, or does.</summary>
    bool MayBeFrozen(string cgroup);

    /// <summary>Lets nothing in it make another process, so that killing what is there comes to an end.</summary>
    void StopForks(string cgroup);
}

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>The files of one version of the kernel's cgroup interface, for a cgroup named relative to its hierarchies (<c>atoll/s123</c>). No state; any thread.</summary>
internal interface ICgroupControllers
{
    bool Exists(string cgroup);

    /// <summary>Makes the cgroup, with no limits yet. One that is there already stays as it is.</summary>
    /// <exception cref="IOException">The kernel refuses: too many, or a hierarchy that does not offer the controllers below it.</exception>
    MadeCgroups Make(string cgroup);

    /// <exception cref="IOException">The kernel refused a value: most likely the memory in use is more than the new limit (v1 only).</exception>
    void Apply(string cgroup, CgroupLimits limits);

    /// <exception cref="IOException">There is no such cgroup.</exception>
    CgroupUsage Measure(string cgroup);

    /// <summary>The cores that what is in this cgroup, which is made where it is not there, can be bound to, as <c>0-3,8</c>; null where cgroups cannot bind to some of them.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    string? CoresOf(string parent);

    /// <summary>Lets it run on all of them.</summary>
    /// <exception cref="IOException">There is no such cgroup.</exception>
    void UseAllCores(string cgroup);

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

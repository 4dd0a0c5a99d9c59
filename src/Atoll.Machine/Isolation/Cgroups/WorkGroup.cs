namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>
/// A cgroup within a sandbox's that has the limit of processes to itself: process 1 stays outside and moves what it starts into it. So a sandbox that is full of processes has room for the
/// threads of its agent, which dies when it may make none.
/// </summary>
/// <param name="Join">A file: the thread that writes "0" into it joins, which takes no lock that all of the host shares.</param>
/// <param name="Count">A file: how many are in it.</param>
internal sealed record WorkGroup(string Join, string Count)
{
    public const string Name = "work";

    /// <summary>Tasks that a sandbox with such a group may have beside those in it: an idle agent has twelve, a busy one some more.</summary>
    public const int AgentTasks = 64;
}

namespace Atoll.Machine.Tests.Isolation;

/// <summary>What the kernel itself says, whichever version of cgroups this host has.</summary>
internal static class LimitReader
{
    public static long Memory(string cgroup) => long.Parse(File.ReadAllText(new[] { "/sys/fs/cgroup/memory" + cgroup + "/memory.limit_in_bytes", "/sys/fs/cgroup" + cgroup + "/memory.max" }.First(File.Exists)));
}

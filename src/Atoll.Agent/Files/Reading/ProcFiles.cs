using System.Text;
using Atoll.Agent.Files.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Reading;

/// <summary>
/// Files of /proc that no file call gives out: those that say of themselves that they are regular and are not, and what the kernel shows of this process to itself alone.
/// A file call runs as process 1, so that <c>/proc/self</c> would be the agent, with the host's token in its memory.
/// </summary>
internal static class ProcFiles
{
    // The address space, where it lies, and what would change it.
    private static readonly HashSet<string> Ours =
        ["auxv", "clear_refs", "coredump_filter", "environ", "maps", "numa_maps", "pagemap", "patch_state", "personality", "smaps", "smaps_rollup", "stack", "syscall", "wchan"];

    /// <param name="file">On procfs. Looked up by its descriptor: links and <c>..</c> on the way to it lead to the same answer.</param>
    /// <param name="path">For the failure.</param>
    public static void Check(Descriptor file, byte[] path)
    {
        if (FileCalls.ReadLink(Descriptor.None, Encoding.ASCII.GetBytes($"/proc/self/fd/{file.Number}"), out _) is not { } found) return;
        var name = Encoding.UTF8.GetString(GuestPath.Name(found));

        // /proc/kmsg: reading waits, and takes the messages away from others. /proc/N/mem: an address space has no beginning.
        if (name is "kmsg" or "mem") throw FileFailure.NotRegular(path);
        if (Ours.Contains(name) && found.AsSpan().StartsWith(Encoding.ASCII.GetBytes($"/proc/{Environment.ProcessId}/")))
        {
            throw new FileFailure(FailureCode.PermissionDenied, $"{GuestPath.Display(path)} is about the sandbox's agent, which file calls do not show; read it in a command");
        }
    }
}

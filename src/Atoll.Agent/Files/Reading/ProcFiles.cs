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
    public const long Filesystem = 0x9fa0;

    // The address space, where it lies, and what would change it.
    private static readonly HashSet<string> Ours =
        ["auxv", "clear_refs", "coredump_filter", "environ", "maps", "numa_maps", "pagemap", "patch_state", "personality", "smaps", "smaps_rollup", "stack", "syscall", "wchan"];

    /// <param name="file">Open. Looked up by its descriptor: links and <c>..</c> on the way to it lead to the same answer.</param>
    /// <param name="path">For the failure.</param>
    public static void Check(Descriptor file, byte[] path)
    {
        if (Find(file, path) is { } refusal) throw refusal;
    }

    /// <summary>Why this file is not given out; null when it may be.</summary>
    public static FileFailure? Find(Descriptor file, byte[] path)
    {
        if (DataCalls.Filesystem(file) != Filesystem) return null;
        if (FileCalls.ReadLink(Descriptor.None, Encoding.ASCII.GetBytes($"/proc/self/fd/{file.Number}"), out _) is not { } found) return null;
        var name = Encoding.UTF8.GetString(GuestPath.Name(found));

        // /proc/kmsg: reading waits, and takes the messages away from others. /proc/N/mem: an address space has no beginning.
        if (name is "kmsg" or "mem") return FileFailure.NotRegular(path);
        return Ours.Contains(name) && found.AsSpan().StartsWith(Encoding.ASCII.GetBytes($"/proc/{Environment.ProcessId}/"))
            ? new FileFailure(FailureCode.PermissionDenied, $"{GuestPath.Display(path)} is about the sandbox's agent, which file calls do not show; read it in a command")
            : null;
    }
}

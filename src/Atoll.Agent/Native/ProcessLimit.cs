using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>
/// How many processes and threads may be inside beside the agent's own, so that a sandbox full of them still has an agent that answers: native.c, "Limits". Any thread.
/// </summary>
internal static partial class ProcessLimit
{
    /// <summary>A kernel of the sandbox's own: there the limit of each user's processes counts the sandbox's alone.</summary>
    public static bool OwnKernel { private get; set; }

    /// <param name="processes">0: no limit.</param>
    public static void Set(uint processes) => Limit(processes, OwnKernel ? 1 : 0);

    [LibraryImport("atoll_native", EntryPoint = "atoll_limit_processes")]
    private static partial void Limit(uint processes, int ownKernel);
}

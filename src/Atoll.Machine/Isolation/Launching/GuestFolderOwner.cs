using Atoll.Machine.Native;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>
/// What in the guest folder is for its owner alone is given to the sandbox's root: to it the host's root is a stranger. The agent's binary, one file for all sandboxes, is
/// readable by everyone and stays the host's. (Mapping ids instead needs Linux 6.3 where the run-time directory is a tmpfs.)
/// </summary>
internal static class GuestFolderOwner
{
    private const UnixFileMode Everyone = UnixFileMode.OtherRead;

    public static void Give(string folder, uint owner)
    {
        if (!Open(folder)) Ownership.Give(folder, owner);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (!Open(path)) Ownership.Give(path, owner);
        }
    }

    private static bool Open(string path) => (File.GetUnixFileMode(path) & Everyone) != 0;
}

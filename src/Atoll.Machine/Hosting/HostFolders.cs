namespace Atoll.Machine.Hosting;

/// <summary>Folders of ours on the host. All of them are 0700: what lies below is for root alone (tokens, and sandboxes' setuid programs).</summary>
internal static class HostFolders
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string MakePrivate(string path)
    {
        Directory.CreateDirectory(path, Private);
        return path;
    }
}

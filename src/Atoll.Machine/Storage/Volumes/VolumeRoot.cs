using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Volumes;

/// <summary>The root directory of a new volume: the usual first user's, and everybody's to write to, because users differ between templates.</summary>
internal static class VolumeRoot
{
    private const uint Owner = 1000;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static void Prepare(string path)
    {
        Ownership.Give(path, Owner);
        File.SetUnixFileMode(path, Mode);
    }
}

using System.Text.Json;
using Atoll.Server.Hosting.Native;

namespace Atoll.Server.Hosting;

/// <summary>Writes the file that clients look in. It holds a secret: 0600 from its first moment, in a folder of 0700, both the user's own.</summary>
internal static class ClientConfigFile
{
    public const string FileName = "config.json";

    /// <summary>Returns the path. A file that was there is kept beside it as <c>config.json.bak</c>: it may hold the key to another server.</summary>
    /// <param name="owner">Whom it is given to when this process is another user (sudo); null keeps it ours.</param>
    public static string Write(string folder, ClientConfig config, InvokingUser? owner)
    {
        MakeFolder(folder, owner);
        var path = Path.Combine(folder, FileName);
        var draft = path + ".new";
        File.Delete(draft);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(draft, how))
        {
            JsonSerializer.Serialize(file, config, ClientConfigJson.Wire.ClientConfig);
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }

        if (owner is not null) Ownership.Give(draft, owner.Uid, owner.Gid);
        if (File.Exists(path)) File.Move(path, path + ".bak", overwrite: true);
        File.Move(draft, path);
        return path;
    }

    private static void MakeFolder(string folder, InvokingUser? owner)
    {
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(folder) is { } parent) MakeFolder(parent, owner);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (owner is not null) Ownership.Give(folder, owner.Uid, owner.Gid);
    }
}

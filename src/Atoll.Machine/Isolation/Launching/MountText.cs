using System.Globalization;
using Atoll.Machine.Isolation.Bundles;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>
/// One mount as the launcher takes it: destination, type, attributes in hexadecimal, options. The host's root makes the mount, so its owner inside must be said, and
/// groups are the host's numbers.
/// </summary>
internal static class MountText
{
    public static string Of(OciMount mount, uint firstUid)
    {
        var attributes = 0u;
        var options = new List<string>();
        foreach (var option in mount.Options)
        {
            if (Attribute(option) is { } bit) attributes |= bit;
            else options.Add(option == $"gid={SandboxMounts.TerminalGroup}" ? Numbered("gid", firstUid + SandboxMounts.TerminalGroup) : option);
        }

        if (mount.Type == "tmpfs") options.AddRange([Numbered("uid", firstUid), Numbered("gid", firstUid)]);
        return $"{mount.Destination}\n{mount.Type}\n{attributes:x}\n{string.Join(',', options)}";
    }

    /// <summary>MOUNT_ATTR_* of linux/mount.h.</summary>
    private static uint? Attribute(string option) => option switch
    {
        "ro" => 0x01,
        "nosuid" => 0x02,
        "nodev" => 0x04,
        "noexec" => 0x08,
        "strictatime" => 0x20,
        _ => null,
    };

    private static string Numbered(string key, long value) => string.Create(CultureInfo.InvariantCulture, $"{key}={value}");
}

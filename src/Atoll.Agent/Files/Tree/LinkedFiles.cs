using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Tree;

/// <summary>
/// The files of several names that an archive or a copy has already, so that a further name becomes a link. Bounded: what is met when it is full, or has no further name below, is kept no longer or not
/// at all, and its other names become files of their own.
/// </summary>
internal sealed class LinkedFiles
{
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>What an entry costs beside its name, roughly.</summary>
    private const int EntryBytes = 128;

    private readonly Dictionary<(uint Major, uint Minor, ulong Inode), (byte[] Name, uint Left)> _known = [];
    private int _bytes;

    /// <returns>The name under which the file is there already; null when this is its first, which is kept for the others.</returns>
    public byte[]? FirstName(in FileStatus status, byte[] name)
    {
        if (status.Links < 2) return null;
        var file = (status.DeviceMajor, status.DeviceMinor, status.Inode);
        if (_known.TryGetValue(file, out var first))
        {
            if (first.Left > 1)
            {
                _known[file] = first with { Left = first.Left - 1 };
            }
            else
            {
                _known.Remove(file);
                _bytes -= first.Name.Length + EntryBytes;
            }

            return first.Name;
        }

        if (_bytes + name.Length + EntryBytes > MaxBytes) return null;
        _known[file] = (name, status.Links - 1);
        _bytes += name.Length + EntryBytes;
        return null;
    }
}

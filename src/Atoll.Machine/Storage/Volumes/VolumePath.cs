using System.Text;
using Atoll.Core.Guests.Files;

namespace Atoll.Machine.Storage.Volumes;

/// <summary>A path in a volume, as the kernel takes it.</summary>
/// <param name="Whole">From the volume's root, without <c>.</c> and empty parts; empty is the root.</param>
internal readonly record struct VolumePath(byte[] Whole)
{
    private const int MostBytes = 4095;

    /// <summary>Null for one that is too long or has a NUL.</summary>
    public static VolumePath? Parse(string path)
    {
        if (path.Contains('\0') || PathText.Encode(path).Length > MostBytes) return null;
        return new(PathText.Encode(string.Join('/', path.Split('/').Where(part => part is not ("" or ".")))));
    }

    public bool IsRoot => Whole.Length == 0;

    /// <summary>The last part, and the directory that it is in; null where it is no name of its own (the root, <c>..</c>).</summary>
    public (VolumePath Folder, byte[] Name)? Split()
    {
        if (IsRoot) return null;
        var at = Array.LastIndexOf(Whole, (byte)'/');
        var name = Whole[(at + 1)..];
        return name.AsSpan().SequenceEqual(".."u8) ? null : (new(at < 0 ? [] : Whole[..at]), name);
    }

    public VolumePath Below(ReadOnlySpan<byte> name) => new(IsRoot ? name.ToArray() : [.. Whole, (byte)'/', .. name]);

    /// <summary>As <see cref="FileEntry.Path"/>.</summary>
    public string Text => "/" + Encoding.UTF8.GetString(Whole);

    /// <summary>As <see cref="FileEntry.RawPath"/>: where the text would be another path.</summary>
    public ReadOnlyMemory<byte>? Raw => Encoding.UTF8.GetBytes(Text).AsSpan(1).SequenceEqual(Whole) ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>([(byte)'/', .. Whole]);
}

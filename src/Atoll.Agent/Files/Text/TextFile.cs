using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Text;

/// <summary>A regular file small enough to be searched in memory.</summary>
internal static class TextFile
{
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int BinaryProbe = 8 * 1024;

    /// <summary>The content, or null for what a search passes over: no regular file, larger than <see cref="MaxBytes"/>, with a NUL in its first 8 KiB, or gone.</summary>
    public static byte[]? TryRead(Descriptor at, byte[] name)
    {
        using var file = FileCalls.Open(at, name, OpenFlags.CarefulRead | OpenFlags.NoFollow, 0, out _);
        if (file is null || FileCalls.Status(file, out var status) != 0 || status.Type != FileType.Regular || status.Size is 0 or > MaxBytes || ProcFiles.Find(file, name) is not null) return null;
        var head = new byte[Math.Min((int)status.Size, BinaryProbe)];
        var length = ReadAll(file, head, 0);
        if (length <= 0 || head.AsSpan(0, length).Contains((byte)0)) return null;
        if (length < head.Length || length == (int)status.Size) return head[..length];
        var all = new byte[(int)status.Size];
        head.CopyTo(all, 0);
        var rest = ReadAll(file, all.AsSpan(length), length);
        return rest < 0 ? null : all[..(length + rest)];
    }

    /// <summary>The content of a file that was named: what stands in the way is a failure.</summary>
    public static byte[] Read(byte[] path, Accounts accounts)
    {
        using var reader = FileReader.Open(path, 0, null, accounts);
        if (reader.Entry.Length > MaxBytes) throw new FileFailure(FailureCode.TooLarge, $"{GuestPath.Display(path)} is larger than {MaxBytes >> 20} MiB");
        var content = new byte[reader.Entry.Length];
        var length = 0;
        while (reader.Read(content.AsSpan(length)) is > 0 and var count) length += count;
        return content;
    }

    private static int ReadAll(Descriptor file, Span<byte> into, long offset)
    {
        var length = 0;
        while (length < into.Length)
        {
            var count = DataCalls.ReadAt(file, into[length..], offset + length, out _);
            if (count < 0) return -1;
            if (count == 0) break;
            length += count;
        }

        return length;
    }
}

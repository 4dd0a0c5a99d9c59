using System.Text;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Google.Protobuf;

namespace Atoll.Machine.Guests.Files;

/// <summary>The agent's answers in Core's words; null for one that cannot be true.</summary>
internal static class GuestEntries
{
    /// <summary>A path as it may be given, and 256 levels of names of 255 bytes below it.</summary>
    private const int MaxPathBytes = 4095 + (256 * 256);

    private const int MaxTargetBytes = 4096;
    private const int MaxNameLength = 256;
    private const int MaxLineText = 1000;

    public static FileEntry? From(Output output) => output.KindCase == Output.KindOneofCase.Entry ? From(output.Entry) : null;

    public static FileEntry? From(Entry entry)
    {
        if (!IsPath(entry.Path) || KindFrom(entry.Kind) is not { } kind) return null;
        if (entry.Size > long.MaxValue || entry.Mode > 0xFFF || entry.SymlinkTarget.Length > MaxTargetBytes) return null;
        var path = Encoding.UTF8.GetString(entry.Path.Span);
        return new FileEntry(
            path,
            kind,
            (long)entry.Size,
            (int)entry.Mode,
            Id(entry.Uid),
            Id(entry.Gid),
            Shorten(entry.User),
            Shorten(entry.Group),
            Time(entry.ModifiedUnixNanoseconds),
            Time(entry.AccessedUnixNanoseconds),
            Time(entry.ChangedUnixNanoseconds),
            kind == FileKind.Symlink ? Encoding.UTF8.GetString(entry.SymlinkTarget.Span) : null,
            Raw(entry.Path),
            kind == FileKind.Symlink ? Raw(entry.SymlinkTarget) : null);
    }

    public static FileMatch? MatchFrom(Output output)
    {
        if (output.KindCase != Output.KindOneofCase.Match || output.Match is not { } match) return null;
        if (!IsPath(match.Path) || match.Line > int.MaxValue) return null;
        return new FileMatch(Encoding.UTF8.GetString(match.Path.Span), (int)match.Line, match.Text.Length > MaxLineText ? match.Text[..MaxLineText] : match.Text, Raw(match.Path));
    }

    public static FileReplacement? ReplacementFrom(Output output)
    {
        if (output.KindCase != Output.KindOneofCase.Replacement || output.Replacement is not { } replacement) return null;
        if (replacement.Path.Length > MaxPathBytes || replacement.Replaced > int.MaxValue) return null;
        var fault = replacement.Failure is { } failure ? GuestFaults.From(failure, FaultStage.File) : null;
        return new FileReplacement(Encoding.UTF8.GetString(replacement.Path.Span), (int)replacement.Replaced, fault, Raw(replacement.Path));
    }

    public static FileChange? ChangeFrom(Output output)
    {
        if (output.KindCase != Output.KindOneofCase.Change || output.Change is not { } change) return null;
        if (!IsPath(change.Path) || KindFrom(change.Kind) is not { } kind) return null;
        var entry = change.Entry is null ? null : From(change.Entry);
        return change.Entry is not null && entry is null ? null : new FileChange(kind, Encoding.UTF8.GetString(change.Path.Span), entry, Raw(change.Path));
    }

    private static FileKind? KindFrom(EntryKind kind) => kind switch
    {
        EntryKind.File => FileKind.File,
        EntryKind.Directory => FileKind.Directory,
        EntryKind.Symlink => FileKind.Symlink,
        EntryKind.Fifo => FileKind.Fifo,
        EntryKind.Socket => FileKind.Socket,
        EntryKind.CharacterDevice => FileKind.CharacterDevice,
        EntryKind.BlockDevice => FileKind.BlockDevice,
        _ => null,
    };

    private static FileChangeKind? KindFrom(ChangeKind kind) => kind switch
    {
        ChangeKind.Watching => FileChangeKind.Watching,
        ChangeKind.Created => FileChangeKind.Created,
        ChangeKind.Written => FileChangeKind.Written,
        ChangeKind.Removed => FileChangeKind.Removed,
        ChangeKind.Renamed => FileChangeKind.Renamed,
        ChangeKind.ModeChanged => FileChangeKind.ModeChanged,
        ChangeKind.Overflow => FileChangeKind.Overflow,
        _ => null,
    };

    private static bool IsPath(ByteString path) => path.Length is > 0 and <= MaxPathBytes && path[0] == '/' && !path.Span.Contains((byte)0);

    /// <summary>The bytes where their text would be another path.</summary>
    private static ReadOnlyMemory<byte>? Raw(ByteString path) => System.Text.Unicode.Utf8.IsValid(path.Span) ? (ReadOnlyMemory<byte>?)null : path.Memory;

    /// <summary>Core counts ids to 2³¹−1; the few above (nobody of a user namespace) show as that.</summary>
    private static int Id(uint id) => (int)Math.Min(id, int.MaxValue);

    private static DateTimeOffset Time(long unixNanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(unixNanoseconds / TimeSpan.NanosecondsPerTick);

    private static string Shorten(string name) => name.Length > MaxNameLength ? name[..MaxNameLength] : name;
}

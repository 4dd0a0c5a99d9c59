using System.Text;
using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Reading;

/// <summary>
/// Reads the account files of the sandbox, which anyone inside may have replaced: only regular files, at most 1 MiB of each, without waiting for anything.
/// Kept until one of them changes. Thread-safe.
/// </summary>
internal sealed class AccountFiles
{
    private const int MaxBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly byte[] _passwd;
    private readonly byte[] _group;
    private (FileStatus Passwd, FileStatus Group) _seen;
    private Accounts _accounts = Accounts.Empty;

    public AccountFiles()
        : this("/etc/passwd"u8, "/etc/group"u8)
    {
    }

    public AccountFiles(ReadOnlySpan<byte> passwd, ReadOnlySpan<byte> group) => (_passwd, _group) = (passwd.ToArray(), group.ToArray());

    public Accounts Current()
    {
        FileCalls.Status(Descriptor.None, _passwd, follow: true, out var passwd);
        FileCalls.Status(Descriptor.None, _group, follow: true, out var group);
        lock (_lock)
        {
            if (IsUnchanged(passwd, _seen.Passwd) && IsUnchanged(group, _seen.Group)) return _accounts;
            _accounts = new Accounts(Parse(_passwd, groupField: 3), Parse(_group, groupField: 2));
            _seen = (passwd, group);
            return _accounts;
        }
    }

    private static bool IsUnchanged(in FileStatus now, in FileStatus before) =>
        now.IsSame(before) && now.Size == before.Size && now.Modified.UnixNanoseconds == before.Modified.UnixNanoseconds
        && now.Changed.UnixNanoseconds == before.Changed.UnixNanoseconds;

    private static List<Account> Parse(byte[] path, int groupField)
    {
        List<Account> accounts = [];
        foreach (var line in Encoding.UTF8.GetString(ReadBounded(path)).Split('\n'))
        {
            var fields = line.Split(':');
            if (fields.Length > groupField && fields[0].Length > 0 && uint.TryParse(fields[2], out var id) && uint.TryParse(fields[groupField], out var group))
            {
                accounts.Add(new Account(fields[0], id, group));
            }
        }

        return accounts;
    }

    /// <summary>Nothing when the file is missing or is no regular file: the sandbox then simply has no names.</summary>
    private static byte[] ReadBounded(byte[] path)
    {
        using var file = FileCalls.Open(Descriptor.None, path, OpenFlags.CarefulRead, 0, out _);
        if (file is null || FileCalls.Status(file, out var status) != 0 || status.Type != FileType.Regular) return [];
        var bytes = new byte[Math.Min((long)status.Size, MaxBytes)];
        var length = 0;
        while (length < bytes.Length && DataCalls.Read(file, bytes.AsSpan(length), out _) is > 0 and var count) length += count;
        return bytes[..length];
    }
}

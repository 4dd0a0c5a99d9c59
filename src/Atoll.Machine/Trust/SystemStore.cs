using System.Text;
using Atoll.Machine.Native;

namespace Atoll.Machine.Trust;

/// <summary>
/// A sandbox's own store, as update-ca-certificates would make it: each certificate in <c>/usr/local/share/ca-certificates</c>, from where that program takes it whenever it runs inside, and all of them
/// at the end of <c>/etc/ssl/certs/ca-certificates.crt</c>. Done before anything runs in it; no link is followed.
/// </summary>
internal static class SystemStore
{
    public const string BundlePath = "/etc/ssl/certs/ca-certificates.crt";
    private const string BundleName = "ca-certificates.crt";
    private const string Prefix = "atoll-host-";
    private const int MostBytes = 4 * 1024 * 1024;
    private static readonly string[] SourceFolder = ["usr", "local", "share", "ca-certificates"];
    private static readonly string[] StoreFolder = ["etc", "ssl", "certs"];

    /// <param name="otherwise">The bundle of a system that has none.</param>
    /// <returns>False where its folders are of another kind, and it was left as it is.</returns>
    /// <exception cref="IOException">The disk is full up to its limit.</exception>
    public static bool Give(string rootFilesystem, IReadOnlyList<string> certificates, Func<string> otherwise)
    {
        using var root = RootedDirectory.OpenRoot(rootFilesystem);
        var whole = true;
        if (!TryWithin(root, SourceFolder, folder => GiveSources(folder, certificates))) return false;
        return TryWithin(root, StoreFolder, folder => whole = GiveBundle(folder, certificates, otherwise)) && whole;
    }

    private static void GiveSources(RootedDirectory folder, IReadOnlyList<string> certificates)
    {
        for (var number = 1; ; number++)
        {
            var name = FormattableString.Invariant($"{Prefix}{number}.crt");
            var type = folder.TypeOf(name);
            if (number > certificates.Count && type is not RootedDirectory.EntryType.File) return;
            if (number <= certificates.Count && type is RootedDirectory.EntryType.File && folder.ReadFile(name, MostBytes) is { } there && Encoding.UTF8.GetString(there) == certificates[number - 1]) continue;
            if (type is RootedDirectory.EntryType.File or RootedDirectory.EntryType.Other) folder.Remove(name, directory: false);
            if (number <= certificates.Count && type is not RootedDirectory.EntryType.Directory) folder.MakeFile(name, Encoding.UTF8.GetBytes(certificates[number - 1]));
        }
    }

    private static bool GiveBundle(RootedDirectory folder, IReadOnlyList<string> certificates, Func<string> otherwise)
    {
        var type = folder.TypeOf(BundleName);
        if (type is not (RootedDirectory.EntryType.File or RootedDirectory.EntryType.Missing)) return false;
        var there = type is RootedDirectory.EntryType.File ? folder.ReadFile(BundleName, MostBytes) : Encoding.UTF8.GetBytes(otherwise());
        if (there is null) return false;
        var before = Encoding.UTF8.GetString(there);
        var missing = certificates.Where(certificate => !before.Contains(certificate.Trim(), StringComparison.Ordinal)).ToList();
        if (missing.Count == 0 && type is RootedDirectory.EntryType.File) return true;
        if (before.Length > 0 && !before.EndsWith('\n')) before += "\n";
        if (type is RootedDirectory.EntryType.File) folder.Remove(BundleName, directory: false);
        folder.MakeFile(BundleName, Encoding.UTF8.GetBytes(before + string.Concat(missing)));
        return true;
    }

    /// <summary>Makes what is missing of a path.</summary>
    private static bool TryWithin(RootedDirectory folder, ReadOnlySpan<string> path, Action<RootedDirectory> work)
    {
        if (path.IsEmpty)
        {
            work(folder);
            return true;
        }

        var type = folder.TypeOf(path[0]);
        if (type is RootedDirectory.EntryType.Missing) folder.MakeDirectory(path[0]);
        else if (type is not RootedDirectory.EntryType.Directory) return false;
        using var below = folder.Open(path[0]);
        return TryWithin(below, path[1..], work);
    }
}

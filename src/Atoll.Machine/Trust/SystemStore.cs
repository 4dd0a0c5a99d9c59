using System.Text;
using Atoll.Machine.Native;

namespace Atoll.Machine.Trust;

/// <summary>
/// A sandbox's own store, as update-ca-certificates would make it: each certificate in <c>/usr/local/share/ca-certificates</c>, from where that program takes it whenever it runs inside, a link to each in
/// <c>/etc/ssl/certs</c>, where Java's package looks for them when it is installed, and all of them at the end of <c>ca-certificates.crt</c> there. Done before anything runs in it; no link is followed.
/// </summary>
internal static class SystemStore
{
    public const string BundlePath = "/etc/ssl/certs/ca-certificates.crt";
    private const string BundleName = "ca-certificates.crt";
    private const string Prefix = "atoll-host-";
    private const int MostBytes = 4 * 1024 * 1024;

    // Whoever is in the sandbox can make as many of these names as the disk takes.
    private const int MostNames = 1000;
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
        return TryWithin(root, StoreFolder, folder =>
        {
            GiveLinks(folder, certificates.Count);
            whole = GiveBundle(folder, certificates, otherwise);
        }) && whole;
    }

    private static void GiveSources(RootedDirectory folder, IReadOnlyList<string> certificates)
    {
        for (var number = 1; number <= MostNames; number++)
        {
            var name = FormattableString.Invariant($"{Prefix}{number}.crt");
            var type = folder.TypeOf(name);
            if (number > certificates.Count && type is not RootedDirectory.EntryType.File) return;
            if (number <= certificates.Count && type is RootedDirectory.EntryType.File && folder.ReadFile(name, MostBytes) is { } there && Encoding.UTF8.GetString(there) == certificates[number - 1]) continue;
            if (type is RootedDirectory.EntryType.File or RootedDirectory.EntryType.Other) folder.Remove(name, directory: false);
            if (number <= certificates.Count && type is not RootedDirectory.EntryType.Directory) folder.MakeFile(name, Encoding.UTF8.GetBytes(certificates[number - 1]), writable: true);
        }
    }

    private static void GiveLinks(RootedDirectory folder, int count)
    {
        for (var number = 1; number <= MostNames; number++)
        {
            var name = FormattableString.Invariant($"{Prefix}{number}.pem");
            var type = folder.TypeOf(name);
            if (number > count && type is not RootedDirectory.EntryType.Other) return;
            if (number > count) folder.Remove(name, directory: false);
            else if (type is RootedDirectory.EntryType.Missing) folder.MakeLink(name, FormattableString.Invariant($"/{string.Join('/', SourceFolder)}/{Prefix}{number}.crt"));
        }
    }

    private static bool GiveBundle(RootedDirectory folder, IReadOnlyList<string> certificates, Func<string> otherwise)
    {
        var type = folder.TypeOf(BundleName);
        if (type is not (RootedDirectory.EntryType.File or RootedDirectory.EntryType.Missing)) return false;
        if (type is RootedDirectory.EntryType.Missing)
        {
            folder.MakeFile(BundleName, Encoding.UTF8.GetBytes(EndedLine(otherwise()) + string.Concat(certificates)), writable: true);
            return true;
        }

        // At its end, not anew: this is on the way of every start, and some 200 KiB.
        if (folder.ReadFile(BundleName, MostBytes) is not { } there) return false;
        var missing = string.Concat(certificates.Where(certificate => there.AsSpan().IndexOf(Encoding.UTF8.GetBytes(certificate.Trim())) < 0));
        if (missing.Length > 0) folder.Append(BundleName, Encoding.UTF8.GetBytes((there is [.., not (byte)'\n'] ? "\n" : "") + missing));
        return true;
    }

    private static string EndedLine(string text) => text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";

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

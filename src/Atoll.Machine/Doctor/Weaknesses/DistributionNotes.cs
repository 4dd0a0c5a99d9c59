using System.Collections.Immutable;
using System.IO.Compression;

namespace Atoll.Machine.Doctor.Weaknesses;

/// <summary>
/// What a distribution says it has fixed: Debian and Ubuntu keep each package's changelog on the host and name the weaknesses in it, so a fix that was taken back to an old version
/// is seen. Others say nothing here.
/// </summary>
/// <param name="documents">Where packages keep them; not the default in tests only.</param>
internal sealed class DistributionNotes(string documents = "/usr/share/doc")
{
    /// <summary>A kernel's is 1 MB, unpacked.</summary>
    private const int MostBytes = 32 * 1024 * 1024;

    private static readonly ImmutableArray<string> Names = ["changelog.Debian.gz", "changelog.gz"];

    /// <summary>The ids, of those given, that the package's changelog names; empty where there is none.</summary>
    public IReadOnlySet<string> FixedBy(string package, IEnumerable<string> ids)
    {
        var path = Names.Select(name => Path.Combine(documents, package, name)).FirstOrDefault(File.Exists);
        if (path is null) return new HashSet<string>();
        using var file = File.OpenRead(path);
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var wanted = ids.ToArray();
        var found = new HashSet<string>();
        long read = 0;
        while (read < MostBytes && lines.ReadLine() is { } line)
        {
            read += line.Length + 1;
            foreach (var id in wanted)
            {
                // Not CVE-2024-216261 for CVE-2024-21626.
                var at = line.IndexOf(id, StringComparison.Ordinal);
                if (at >= 0 && (at + id.Length == line.Length || !char.IsAsciiDigit(line[at + id.Length]))) found.Add(id);
            }
        }

        return found;
    }
}

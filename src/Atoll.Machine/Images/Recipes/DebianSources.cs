using System.Text.RegularExpressions;

namespace Atoll.Machine.Images.Recipes;

/// <summary>Where the packages of the default template come from: Debian main alone, by the mirror that this host itself uses.</summary>
internal sealed partial record DebianSources(string Suite, string Mirror, string SecurityMirror)
{
    private const string DefaultMirror = "http://deb.debian.org/debian";
    private const string FallbackSuite = "bookworm";
    private static readonly string[] KnownSuites = ["bookworm", "trixie"];

    /// <summary>As one-line entries of sources.list(5).</summary>
    public IReadOnlyList<string> Lines =>
    [
        $"deb {Mirror} {Suite} main",
        $"deb {Mirror} {Suite}-updates main",
        $"deb {SecurityMirror} {Suite}-security main",
    ];

    public static DebianSources OfHost(string? mirror)
    {
        var chosen = (mirror ?? HostMirror() ?? DefaultMirror).TrimEnd('/');
        return new DebianSources(HostSuite(), chosen, chosen.EndsWith("/debian", StringComparison.Ordinal) ? chosen + "-security" : DefaultMirror + "-security");
    }

    private static string HostSuite()
    {
        var codename = File.Exists("/etc/os-release")
            ? File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal))?[17..].Trim('"')
            : null;
        return codename is not null && KnownSuites.Contains(codename) ? codename : FallbackSuite;
    }

    private static string? HostMirror()
    {
        string[] files = ["/etc/apt/sources.list", .. Directory.Exists("/etc/apt/sources.list.d") ? Directory.GetFiles("/etc/apt/sources.list.d", "*.sources") : []];
        return files.Where(File.Exists).SelectMany(File.ReadLines).Select(line => MirrorUrl().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;
    }

    // "deb http://host/debian suite ..." or "URIs: http://host/debian"; the security archive ends differently.
    [GeneratedRegex(@"^(?:deb(?:\s+\[[^\]]*\])?|URIs:)\s+(https?://\S+/debian)/?(?:\s|$)")]
    private static partial Regex MirrorUrl();
}

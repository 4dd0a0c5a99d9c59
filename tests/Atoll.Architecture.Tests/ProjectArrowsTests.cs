using System.Xml.Linq;

namespace Atoll.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md, as the project files draw them. A new arrow is a decision: it is written there and here.</summary>
public sealed class ProjectArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Atoll.Core"] = [],
        ["Atoll.Agent.Protocol"] = [],
        ["Atoll.Agent"] = ["Atoll.Agent.Protocol"],
        ["Atoll.Machine"] = ["Atoll.Core", "Atoll.Agent.Protocol"],
        ["Atoll.Server"] = ["Atoll.Core", "Atoll.Machine"],
        ["Atoll.Client"] = [],
        ["Atoll.Cli"] = ["Atoll.Client"],
        ["Atoll.Launcher"] = [],
        ["Atoll.Sudo"] = [],
    };

    public static TheoryData<string> Projects => [.. Directory.EnumerateFiles(SourceTree.Src, "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory, MemberData(nameof(Projects))]
    public void References_OfEveryProject_AreTheAllowedOnes(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} is a new room: draw its arrows in docs/architecture.md and here.");

        // A room of C is built with another and has no project file that could refer to anything.
        var path = Path.Combine(SourceTree.Src, project, project + ".csproj");
        if (!File.Exists(path)) return;

        var file = XDocument.Load(path);
        var references = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed[project]));
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Atoll.Architecture.Tests;

/// <summary>SPECIFICATION.md names, for each promise, what keeps it. A test that was renamed or removed must not stay in it.</summary>
public sealed partial class SpecificationTests
{
    private static readonly string Tests = Path.Combine(SourceTree.Root, "tests");
    private static readonly string Sections = Path.Combine(SourceTree.Root, "bench", "Atoll.Bench", "Sections");
    private static readonly Match[] Promises = [.. File.ReadLines(Path.Combine(SourceTree.Root, "SPECIFICATION.md")).Select(line => Promise().Match(line)).Where(match => match.Success)];

    [Fact]
    public void Promises_Numbered_CountUpAndNoneIsWithoutAKeeper()
    {
        Assert.NotEmpty(Promises);
        Assert.Equal(Enumerable.Range(1, Promises.Length), Promises.Select(match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)));
        string[] kept = [.. Promises.Select(match => match.Groups["keeper"].Value)];
        Assert.All(kept, keeper => Assert.True(keeper == "pending" || Named().IsMatch(keeper) || Row().IsMatch(keeper), keeper));
    }

    [Fact]
    public void Promises_EachNamesATestThatIsThere()
    {
        string[] names = [.. Promises.SelectMany(promise => Named().Matches(promise.Value)).Select(match => match.Value).Distinct()];

        Assert.All(names, name => Assert.True(IsThere(name), name));
    }

    [Fact]
    public void Promises_EachNamesASectionOfTheBenchThatIsThere()
    {
        var there = Directory.EnumerateFiles(Sections, "*Section.cs", SearchOption.AllDirectories)
            .SelectMany(file => SectionName().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Subset(there, Promises.SelectMany(promise => Row().Matches(promise.Value)).Select(match => match.Groups["section"].Value).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>A class may be spread over several files, its methods with it.</summary>
    private static bool IsThere(string name)
    {
        var match = Named().Match(name);
        var folder = Path.Combine(Tests, $"Atoll.{match.Groups["project"].Value}.Tests");
        if (!Directory.Exists(folder)) return false;
        var (type, method) = (new Regex($@"\bclass {match.Groups["type"].Value}\b"), new Regex($@"\b{match.Groups["method"].Value}\("));
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .Any(text => type.IsMatch(text) && method.IsMatch(text));
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| .+ \| (?<keeper>.+) \|$")]
    private static partial Regex Promise();

    [GeneratedRegex(@"`(?<project>[A-Z][A-Za-z.]*)/(?<type>[A-Za-z0-9]+)\.(?<method>[A-Za-z0-9_]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"`bench/(?<section>[a-z]+)` ""[^""]+""")]
    private static partial Regex Row();

    [GeneratedRegex("""string Name => "(?<name>[a-z]+)";""")]
    private static partial Regex SectionName();
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>What neighbours noticed of each attack, for docs/security-attacks.md: written to <c>artifacts/hostile/neighbours.json</c> at the end of a run.</summary>
internal sealed class Results
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };
    private readonly List<JsonNode> _rows = [];

    /// <summary>The running test's method, with its arguments.</summary>
    public static string NameOfTest() => TestContext.Current is { Test.TestDisplayName: var name, TestMethod.MethodName: var method } ? name[name.IndexOf(method, StringComparison.Ordinal)..] : "";

    public void Add(string test, string isolation, NeighbourFigures figures)
    {
        lock (_rows)
        {
            _rows.Add(new JsonObject
            {
                ["test"] = test,
                ["isolation"] = isolation,
                ["execs"] = figures.Execs,
                ["p50Milliseconds"] = figures.P50,
                ["p99Milliseconds"] = figures.P99,
                ["longestMilliseconds"] = figures.Most,
            });
        }
    }

    public void Write()
    {
        if (_rows.Count == 0) return;
        var folder = Directory.CreateDirectory(Path.Combine(RealServer.Repository, "artifacts", "hostile")).FullName;
        var all = new JsonObject { ["cores"] = Environment.ProcessorCount, ["kernel"] = Environment.OSVersion.Version.ToString(), ["neighbours"] = new JsonArray([.. _rows]) };
        File.WriteAllText(Path.Combine(folder, "neighbours.json"), all.ToJsonString(Readable));
    }
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Atoll.Bench.Running;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Quick">Fewer repetitions and smaller crowds: minutes instead of half an hour, for a look.</param>
/// <param name="Soak">10,000 cycles of create and kill instead of 300.</param>
/// <param name="Only">Sections to run; empty: all.</param>
/// <param name="JsonPath">Where the figures are written as JSON; null: nowhere.</param>
/// <param name="Docs">The figures replace those in docs/benchmarks.md.</param>
internal sealed record Arguments(bool Quick, bool Soak, ImmutableArray<string> Only, string? JsonPath, bool Docs)
{
    public static readonly ImmutableArray<string> Sections = ["start", "exec", "files", "stream", "idle", "work", "checkpoints", "full", "sleepers", "neighbours", "cycles"];

    private static readonly string Usage =
        $"""
        Usage: bench/run [--quick] [--only SECTION…] [--json FILE] [--docs] [--soak]
          --quick         fewer repetitions and smaller crowds
          --only SECTION  one or more of: {string.Join(", ", Sections)}
          --json FILE     write the figures as JSON as well
          --docs          put the figures into docs/benchmarks.md
          --soak          10,000 cycles of create and kill instead of 300 (hours)
        """;

    /// <summary>As a person would type it to get the same again.</summary>
    public string CommandLine => string.Join(' ', ["bench/run", .. Flags()]);

    public bool Wants(string section) => Only.IsEmpty || Only.Contains(section);

    /// <summary>How often something is done: the whole number, or the quick one.</summary>
    public int Times(int whole, int quick) => Quick ? quick : whole;

    public static bool TryParse(IReadOnlyList<string> words, [NotNullWhen(true)] out Arguments? arguments, [NotNullWhen(false)] out string? wrong)
    {
        (arguments, wrong) = (null, null);
        var read = new Arguments(false, false, [], null, false);
        for (var at = 0; at < words.Count; at++)
        {
            switch (words[at])
            {
                case "--quick":
                    read = read with { Quick = true };
                    break;
                case "--soak":
                    read = read with { Soak = true };
                    break;
                case "--docs":
                    read = read with { Docs = true };
                    break;
                case "--json" when at + 1 < words.Count:
                    read = read with { JsonPath = words[++at] };
                    break;
                case "--only" when at + 1 < words.Count && Sections.Contains(words[at + 1]):
                    while (at + 1 < words.Count && Sections.Contains(words[at + 1])) read = read with { Only = read.Only.Add(words[++at]) };
                    break;
                default:
                    wrong = $"Not understood: {words[at]}\n{Usage}";
                    return false;
            }
        }

        arguments = read;
        return true;
    }

    private IEnumerable<string> Flags()
    {
        if (Quick) yield return "--quick";
        if (Soak) yield return "--soak";
        if (!Only.IsEmpty) yield return "--only " + string.Join(' ', Only);
        if (Docs) yield return "--docs";
    }
}

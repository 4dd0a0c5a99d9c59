namespace Atoll.Hostile.Tests.Kit;

/// <summary>What became of one try: <c>refused</c> or <c>done</c> (or <c>hung</c>), and by what error or with what.</summary>
public sealed record Verdict(string Name, string Outcome, string Detail)
{
    public bool Refused => Outcome == "refused";

    public static IReadOnlyList<Verdict> Parse(string output) =>
    [
        .. output.Split('\n').Select(line => line.Split(' ', 3)).Where(parts => parts.Length >= 2 && parts[1] is "refused" or "done" or "hung" or "unknown")
            .Select(parts => new Verdict(parts[0], parts[1], parts.Length > 2 ? parts[2].Trim() : "")),
    ];

    public override string ToString() => $"{Name} {Outcome} {Detail}";
}

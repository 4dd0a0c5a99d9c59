using System.Collections.Immutable;

namespace Atoll.Machine.Doctor.Weaknesses;

/// <summary>A published weakness of something that walls stand on.</summary>
/// <param name="Id">CVE number.</param>
/// <param name="What">What it lets an attacker do, in a few words.</param>
/// <param name="Since">The first upstream version that has it.</param>
/// <param name="FixedIn">The first upstream version without it on each release branch that got the fix; everything from the last on is without.</param>
/// <param name="Held">What in this product stands in the way all the same; null where nothing does.</param>
internal sealed record Weakness(string Id, string What, string Since, ImmutableArray<string> FixedIn, string? Held = null)
{
    /// <summary>Whether upstream's version has it. Versions by which a distribution goes may have the fix all the same.</summary>
    public bool IsIn(ProgramVersion version)
    {
        if (version < ProgramVersion.Parse(Since)) return false;
        var fixes = FixedIn.Select(ProgramVersion.Parse).Order().ToArray();
        return version < fixes[^1] && !fixes.Any(fix => version.SameBranch(fix) && version >= fix);
    }
}

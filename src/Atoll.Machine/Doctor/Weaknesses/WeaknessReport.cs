using System.Collections.Immutable;

namespace Atoll.Machine.Doctor.Weaknesses;

/// <summary>What is known against one program in the version that is here, as a finding.</summary>
internal static class WeaknessReport
{
    /// <param name="name">The finding's name.</param>
    /// <param name="program">For people: <c>runc</c>.</param>
    /// <param name="known">Its weaknesses.</param>
    /// <param name="fixedBy">Those that the distribution says it has fixed.</param>
    /// <param name="upgrade">What to do.</param>
    public static DoctorFinding For(string name, string program, ProgramVersion version, ImmutableArray<Weakness> known, IReadOnlySet<string> fixedBy, string upgrade)
    {
        var open = known.Where(weakness => weakness.IsIn(version) && !fixedBy.Contains(weakness.Id)).ToArray();
        var mended = known.Count(weakness => weakness.IsIn(version) && fixedBy.Contains(weakness.Id));
        var here = $"{program} {version.Text}";
        if (open.Length == 0)
        {
            return new DoctorFinding(name, DoctorStatus.Ok, $"{here} has none of the {known.Length} known weaknesses{(mended > 0 ? $" ({mended} fixed by the distribution)" : "")}");
        }

        var list = string.Join("; ", open.Select(weakness => $"{weakness.Id} ({weakness.What}{(weakness.Held is { } held ? $"; here {held}" : "")})"));
        return version.OfDistribution
            ? new DoctorFinding(name, DoctorStatus.Warn, $"{here} may be affected; your distribution may have fixed it: {list}", $"Look these up in your distribution's security tracker. {upgrade}")
            : new DoctorFinding(name, DoctorStatus.Warn, $"{here} is affected by {list}", upgrade);
    }
}

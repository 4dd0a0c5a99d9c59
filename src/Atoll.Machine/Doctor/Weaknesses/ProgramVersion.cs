using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Atoll.Machine.Doctor.Weaknesses;

/// <summary>
/// The upstream part of a version, and whether a distribution made it: <c>1.1.5+ds1-1+deb12u1</c> is 1.1.5, made by one; <c>0.0~20240729.0</c> and <c>release-20240729.0</c>
/// are 20240729. What follows the numbers (<c>-rc3</c>) does not count.
/// </summary>
internal sealed partial record ProgramVersion(string Text, ImmutableArray<int> Numbers, bool OfDistribution) : IComparable<ProgramVersion>
{
    public static ProgramVersion Parse(string text)
    {
        // gVisor's releases are dates; Debian writes 0.0~ before them.
        var numbers = DottedNumbers().Match(text.Replace("0.0~", "", StringComparison.Ordinal));
        return new ProgramVersion(
            text,
            [.. numbers.Value.Split('.', StringSplitOptions.RemoveEmptyEntries).Select(part => int.Parse(part, CultureInfo.InvariantCulture))],
            Distribution().IsMatch(text));
    }

    /// <summary>The same release branch: 6.12 of 6.12.85.</summary>
    public bool SameBranch(ProgramVersion other) => Numbers.Take(2).SequenceEqual(other.Numbers.Take(2));

    public int CompareTo(ProgramVersion? other)
    {
        if (other is null) return 1;
        for (var i = 0; i < Math.Max(Numbers.Length, other.Numbers.Length); i++)
        {
            var order = (i < Numbers.Length ? Numbers[i] : 0).CompareTo(i < other.Numbers.Length ? other.Numbers[i] : 0);
            if (order != 0) return order;
        }

        return 0;
    }

    public static bool operator <(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) >= 0;

    [GeneratedRegex(@"\d{1,9}(\.\d{1,9})*")]
    private static partial Regex DottedNumbers();

    [GeneratedRegex(@"\+|~|deb\d|ubuntu|\.(el|fc|amzn)\d|\d-\d+[-.]", RegexOptions.IgnoreCase)]
    private static partial Regex Distribution();
}

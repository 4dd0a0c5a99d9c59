using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>Collects every quota that a request would exceed, so that they are told at once.</summary>
internal struct QuotaCheck()
{
    private ImmutableDictionary<string, string> _exceeded = ImmutableDictionary<string, string>.Empty;

    public readonly Fault? Fault => _exceeded.IsEmpty ? null : QuotaFaults.Exceeded(_exceeded);

    /// <param name="more">What is asked for beyond what is used; what does not grow is never refused, even beyond a quota that was lowered.</param>
    /// <param name="most">0: no limit.</param>
    /// <param name="scale">By which the numbers are divided to be told.</param>
    public void Add(string quota, long used, long more, long most, int scale = 1, string unit = "")
    {
        if (most == 0 || more <= 0 || used + more <= most) return;
        _exceeded = _exceeded.Add(quota, $"{Text(used)} of {Text(most)}{unit} are used, and {Text(more)} more were asked for.");

        string Text(long value) => ((double)value / scale).ToString("0.###", CultureInfo.InvariantCulture);
    }
}

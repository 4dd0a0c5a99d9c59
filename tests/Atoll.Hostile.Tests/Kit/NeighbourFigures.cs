using System.Globalization;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>How long a neighbour's commands took, in milliseconds over HTTP.</summary>
internal sealed record NeighbourFigures(int Execs, double P50, double P99, double Most)
{
    public static NeighbourFigures Of(List<double> milliseconds)
    {
        milliseconds.Sort();
        return new(milliseconds.Count, At(milliseconds, 0.5), At(milliseconds, 0.99), At(milliseconds, 1));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Execs} execs, p50 {P50:0.0} ms, p99 {P99:0.0} ms, longest {Most:0.0} ms");

    private static double At(List<double> sorted, double share) => Math.Round(sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(share * sorted.Count) - 1)], 2);
}

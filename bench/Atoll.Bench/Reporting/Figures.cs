using System.Globalization;

namespace Atoll.Bench.Reporting;

internal static class Figures
{
    /// <summary>Three digits that mean something; a dash where there is no figure.</summary>
    public static string Text(double figure)
    {
        if (double.IsNaN(figure)) return "-";
        var format = Math.Abs(figure) switch { >= 100 => "0", >= 10 => "0.#", >= 1 => "0.##", _ => "0.###" };
        return figure.ToString(format, CultureInfo.InvariantCulture);
    }
}

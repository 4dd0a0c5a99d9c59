using System.Globalization;

namespace Atoll.Bench.Running;

/// <summary>What servers are started with.</summary>
internal static class Settings
{
    /// <summary>Every create is a cold one.</summary>
    public static IReadOnlyDictionary<string, string> Cold { get; } = new Dictionary<string, string> { ["WARMPOOL__ENABLED"] = "false" };

    /// <summary>Pools of <c>minimal</c> sandboxes that neither grow nor shrink, so that it is known what a burst finds.</summary>
    public static IReadOnlyDictionary<string, string> Warm(int containers, int gvisors, int memoryMiB)
    {
        var settings = new Dictionary<string, string>
        {
            ["WARMPOOL__FLOOR"] = "0",
            ["WARMPOOL__CEILING"] = "0",
            ["WARMPOOL__MEMORYMIB"] = "8192",
        };
        foreach (var (isolation, count) in new[] { (Isolations.Container, containers), (Isolations.GVisor, gvisors) }.Where(kind => kind.Item2 > 0).ToArray())
        {
            var at = $"WARMPOOL__KEEP__{settings.Count(setting => setting.Key.EndsWith("COUNT", StringComparison.Ordinal))}__";
            settings[at + "TEMPLATE"] = "minimal";
            settings[at + "ISOLATION"] = isolation;
            settings[at + "CPU"] = "1";
            settings[at + "MEMORYMIB"] = memoryMiB.ToString(CultureInfo.InvariantCulture);
            settings[at + "COUNT"] = count.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }
}

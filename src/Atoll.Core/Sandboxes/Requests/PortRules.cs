using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Requests;

internal static class PortRules
{
    private const string Field = "network.publicPorts";

    /// <summary>Ports that anybody may reach from the start.</summary>
    public static ImmutableDictionary<int, ExposedPort> Check(FieldErrors errors, ImmutableArray<int> ports, int most, DateTimeOffset now)
    {
        var exposed = ImmutableDictionary.CreateBuilder<int, ExposedPort>();
        foreach (var port in ports)
        {
            if (port is < 1 or > ushort.MaxValue) errors.Add(Field, $"A port is a number from 1 to {ushort.MaxValue}.");
            exposed[port] = new() { Public = true, CreatedAt = now };
        }

        if (exposed.Count > most) errors.Add(Field, string.Create(CultureInfo.InvariantCulture, $"At most {most} ports of one sandbox may be exposed; there are {exposed.Count}."));
        return exposed.ToImmutable();
    }
}

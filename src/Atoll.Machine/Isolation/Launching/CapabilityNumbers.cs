using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>Bits of linux/capability.h, for the names in <see cref="Bundles.Wall.Capabilities"/>.</summary>
internal static class CapabilityNumbers
{
    private static readonly FrozenDictionary<string, int> Bits = new Dictionary<string, int>
    {
        ["CAP_CHOWN"] = 0,
        ["CAP_DAC_OVERRIDE"] = 1,
        ["CAP_FOWNER"] = 3,
        ["CAP_FSETID"] = 4,
        ["CAP_KILL"] = 5,
        ["CAP_SETGID"] = 6,
        ["CAP_SETUID"] = 7,
        ["CAP_SETPCAP"] = 8,
        ["CAP_NET_BIND_SERVICE"] = 10,
        ["CAP_SYS_CHROOT"] = 18,
    }.ToFrozenDictionary();

    public static ulong Mask(ImmutableArray<string> names) => names.Aggregate(0ul, (mask, name) => mask | (1ul << Bits[name]));
}

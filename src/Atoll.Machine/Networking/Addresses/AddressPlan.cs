using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Atoll.Machine.Networking.Addresses;

/// <summary>
/// How a range is divided: slot n has the n-th block of four addresses, of which the second is the host's end and the third the sandbox's. A whole /30 rather than a
/// point-to-point address, because that is the shape of network every runtime's own stack knows how to take over.
/// </summary>
internal sealed class AddressPlan
{
    public const int PrefixLength = 30;
    public const int MostSlots = 1 << (PrefixLength - ShortestPrefix);

    // Interface names have 15 characters: 8 of the instance, a dash, and 6 digits.
    private const int ShortestPrefix = 12;
    private const int LongestPrefix = 28;
    private readonly uint _first;

    private AddressPlan(IPNetwork range)
    {
        Range = range;
        _first = BinaryPrimitives.ReadUInt32BigEndian(range.BaseAddress.GetAddressBytes());
        Count = 1 << (PrefixLength - range.PrefixLength);
    }

    public IPNetwork Range { get; }

    public int Count { get; }

    public IPAddress Gateway(int slot) => At(slot, 1);

    public IPAddress Address(int slot) => At(slot, 2);

    /// <summary>The slot whose sandbox has this address.</summary>
    public int? SlotOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (!Range.Contains(address)) return null;
        var offset = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) - _first;
        return (offset & 3) == 2 ? (int)(offset >> 2) : null;
    }

    public static AddressPlan Parse(string text) => TryParse(text, out var plan, out var why) ? plan : throw new FormatException(why);

    public static bool TryParse(string text, [NotNullWhen(true)] out AddressPlan? plan, [NotNullWhen(false)] out string? why)
    {
        plan = null;
        why = null;
        if (!IPNetwork.TryParse(text, out var range) || range.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            why = $"'{text}' is no IPv4 range such as 10.201.0.0/16";
        }
        else if (range.PrefixLength is < ShortestPrefix or > LongestPrefix)
        {
            why = $"the prefix length of '{text}' is not within {ShortestPrefix} and {LongestPrefix}";
        }
        else if (!ClosedRanges.ArePrivate(range))
        {
            why = $"'{text}' lies in none of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16 and 198.18.0.0/15";
        }
        else
        {
            plan = new AddressPlan(range);
        }

        return plan is not null;
    }

    private IPAddress At(int slot, uint offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, Count);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _first + ((uint)slot << 2) + offset);
        return new IPAddress(bytes);
    }
}

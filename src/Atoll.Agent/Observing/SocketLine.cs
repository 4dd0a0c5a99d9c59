using System.Globalization;
using System.Net;

namespace Atoll.Agent.Observing;

/// <summary>A listening socket of /proc/net/tcp or tcp6.</summary>
internal sealed record SocketLine(IPAddress Address, int Port, ulong Inode)
{
    private const string Listening = "0A";

    /// <summary>
    /// <c>sl local_address rem_address st … inode …</c>: the address is hexadecimal, in 32-bit words each in the machine's (little-endian) order. Null for any other line.
    /// </summary>
    public static SocketLine? Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 10 || fields[3] != Listening) return null;
        var colon = fields[1].IndexOf(':');
        if (colon is not (8 or 32) || !int.TryParse(fields[1].AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port)) return null;
        var bytes = new byte[colon / 2];
        for (var word = 0; word < bytes.Length; word += 4)
        {
            if (!uint.TryParse(fields[1].AsSpan(word * 2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return null;
            BitConverter.TryWriteBytes(bytes.AsSpan(word), value);
        }

        _ = ulong.TryParse(fields[9], NumberStyles.None, CultureInfo.InvariantCulture, out var inode);
        return new SocketLine(new IPAddress(bytes), port, inode);
    }
}

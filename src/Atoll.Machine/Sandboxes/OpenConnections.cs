using System.Globalization;
using System.Net;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// A sandbox's TCP connections with the outside, ended before its memory is saved, which would break them in a way that programs cannot cope with. Programs see ordinary resets. It is done as well
/// as can be: what stays open is no worse than it would have been.
/// </summary>
internal sealed partial class OpenConnections(ISandboxNetwork network, GuestLinks links, ILogger<OpenConnections> log)
{
    // Some 1,700 connections, which is more than the wait for their answers allows for.
    private const int MostBytes = 256 * 1024;
    private const int MostConnections = 1024;

    // ESTABLISHED, both of FIN_WAIT, CLOSE_WAIT, LAST_ACK and CLOSING of linux/tcp.h. One that is still being made knows no place in the stream; one in TIME_WAIT has no program.
    private static readonly int[] Connected = [1, 4, 5, 8, 9, 11];

    /// <summary>The host's own with its agent too, which ends them itself.</summary>
    /// <returns>Null; or why it must not be saved.</returns>
    public async Task<Fault?> EndAsync(LiveHandle handle, byte[] token)
    {
        await ResetAsync(handle);
        return await links.PartAsync(handle.Slot, token, CancellationToken.None);
    }

    private async Task ResetAsync(LiveHandle handle)
    {
        try
        {
            var pairs = new HashSet<TcpPair>();
            foreach (var table in await Task.WhenAll(ReadAsync(handle.Guest, "/proc/net/tcp"), ReadAsync(handle.Guest, "/proc/net/tcp6"))) Parse(table, handle.Slot.Address, pairs);
            if (pairs.Count == 0) return;
            var left = await Task.Run(() => network.Reset(handle.Slot, [.. pairs.Take(MostConnections)]));
            if (left > 0) LogLeft(handle.Id, left, pairs.Count);
        }
        catch (IOException failure)
        {
            LogFailed(handle.Id, failure.Message);
        }
    }

    /// <summary>Lines as proc(5) has them; what a sandbox says of itself is believed of itself only.</summary>
    internal static void Parse(string table, IPAddress own, ISet<TcpPair> pairs)
    {
        foreach (var line in table.Split('\n').Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 4 || !int.TryParse(words[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var state) || !Connected.Contains(state)) continue;
            if (!TryEnd(words[1], out var address, out var port) || !TryEnd(words[2], out var remote, out var remotePort)) continue;
            if (address.Equals(own) && port != GuestBoot.Port && !IPAddress.IsLoopback(remote) && !remote.Equals(own)) pairs.Add(new(port, remote, remotePort));
        }
    }

    /// <summary>The last eight digits are an IPv4 address in the order of this machine, alone or as IPv6 has it.</summary>
    private static bool TryEnd(string word, out IPAddress address, out ushort port)
    {
        (address, port) = (IPAddress.None, 0);
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon is not (8 or 32) || !uint.TryParse(word.AsSpan(colon - 8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits)) return false;
        address = new IPAddress(BitConverter.GetBytes(bits));
        return ushort.TryParse(word.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out port);
    }

    private static async Task<string> ReadAsync(IGuest guest, string path)
    {
        if (!(await guest.Files.ReadAsync(path, 0, MostBytes, CancellationToken.None)).TryGet(out var content, out _)) return "";
        await using (content)
        {
            using var reader = new StreamReader(content.Bytes, Encoding.ASCII);
            return await reader.ReadToEndAsync();
        }
    }

    [LoggerMessage(4230, LogLevel.Information, "{Left} of {All} connections of sandbox {Sandbox} could not be reset before its memory is saved")]
    private partial void LogLeft(SandboxId sandbox, int left, int all);

    [LoggerMessage(4231, LogLevel.Warning, "Connections of sandbox {Sandbox} could not be reset before its memory is saved: {Reason}")]
    private partial void LogFailed(SandboxId sandbox, string reason);
}

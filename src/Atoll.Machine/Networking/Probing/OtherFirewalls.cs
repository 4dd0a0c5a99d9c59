using System.Collections.Immutable;

namespace Atoll.Machine.Networking.Probing;

/// <summary>
/// Reads <c>nft list chains</c> for base chains that drop by default. In netfilter a packet passes only if every table lets it pass, so our own accept cannot help against
/// another's drop. What iptables (nft variant), docker, ufw and firewalld set up shows there too.
/// </summary>
internal static class OtherFirewalls
{
    public static ImmutableArray<BlockingChain> FindBlocking(string listing, string ownTable)
    {
        var found = ImmutableArray.CreateBuilder<BlockingChain>();
        var (family, table, chain) = ("", "", "");
        foreach (var line in listing.Split('\n').Select(line => line.Trim()))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["table", var f, var t, ..]) (family, table) = (f, t);
            else if (words is ["chain", var c, ..]) chain = c;
            else if (table != ownTable && family is "ip" or "inet" && line.Contains("policy drop") && Hook(words) is { } hook) found.Add(new BlockingChain(family, table, chain, hook));
        }

        return found.ToImmutable();
    }

    private static string? Hook(string[] words)
    {
        var at = Array.IndexOf(words, "hook");
        return at >= 0 && at + 1 < words.Length && words[at + 1] is "forward" or "input" ? words[at + 1] : null;
    }
}

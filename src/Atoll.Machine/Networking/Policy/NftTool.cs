namespace Atoll.Machine.Networking.Policy;

/// <summary>Where <c>nft</c> is: a service's PATH often lacks /usr/sbin.</summary>
internal static class NftTool
{
    public static string Path { get; } = File.Exists("/usr/sbin/nft") ? "/usr/sbin/nft" : "nft";
}

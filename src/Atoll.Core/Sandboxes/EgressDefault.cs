namespace Atoll.Core.Sandboxes;

/// <summary>What a sandbox may reach. Private, link-local and metadata ranges, the host and other sandboxes are closed under either.</summary>
public enum EgressDefault
{
    /// <summary>The internet, and names through the node's DNS forwarder.</summary>
    Allow,

    /// <summary>Nothing at all, not even names.</summary>
    Deny,
}

namespace Atoll.Machine.Networking;

/// <summary>Networks of sandboxes. Section <c>Network</c>.</summary>
public sealed class NetworkOptions
{
    public const string Section = "Network";

    /// <summary>
    /// Where sandboxes' addresses come from, four for each: a private range that nothing else on this host uses. Prefix length 12 to 28. Default <c>10.201.0.0/16</c>,
    /// which is 16,384 sandboxes.
    /// </summary>
    public string AddressRange { get; set; } = "10.201.0.0/16";

    /// <summary>Slots kept ready, so that a create need not wait for one. Default 16; one costs 2 to 6 ms to make and 60 KiB of kernel memory.</summary>
    public int ReadySlots { get; set; } = 16;

    /// <summary>Used slots kept for another use; beyond it they are removed. Default 128.</summary>
    public int MaxIdleSlots { get; set; } = 128;

    /// <summary>The most slots at one time; 0, the default, for as many as the range has.</summary>
    public int MaxSlots { get; set; }

    /// <summary>How long a claim waits for a slot to be made. Default 10 s.</summary>
    public TimeSpan ClaimTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a slot rests after use, so that late packets of its former owner never reach the next one. Default 3 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Ranges (IPv4, CIDR) that sandboxes may reach although they are private, a package mirror in the own network say. Default none.</summary>
    public IList<string> AllowPrivate { get; } = [];

    /// <summary>Tracked connections one sandbox may hold: the host's table is shared by all. Default 4,096.</summary>
    public int MaxConnectionsPerSandbox { get; set; } = 4096;

    /// <summary>Servers that names are asked of, <c>address</c> or <c>address:port</c>. Default none: those of the host's <c>/etc/resolv.conf</c>, read again when it changes.</summary>
    public IList<string> DnsServers { get; } = [];

    /// <summary>How long one name server has to answer before the next is asked. Default 2 s.</summary>
    public TimeSpan DnsTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Names being asked at one time, by all sandboxes together. Default 2,048; each holds one socket.</summary>
    public int MaxDnsQueries { get; set; } = 2048;

    /// <summary>Names being asked at one time by one sandbox; more are dropped. Default 64.</summary>
    public int MaxDnsQueriesPerSandbox { get; set; } = 64;

    /// <summary>DNS packets a sandbox may send in a second; the kernel drops the rest before anybody else's wait behind them. Default 500.</summary>
    public int MaxDnsPacketsPerSecond { get; set; } = 500;
}

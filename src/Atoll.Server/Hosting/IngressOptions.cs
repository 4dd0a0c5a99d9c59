namespace Atoll.Server.Hosting;

/// <summary>The way from outside to the ports of sandboxes. Section <c>Ingress</c>.</summary>
internal sealed class IngressOptions
{
    public const string Section = "Ingress";

    /// <summary>
    /// Hosts of the form <c>{port}-{id}.{Domain}</c> lead to ports. Default <c>localhost</c>, under which browsers find this host without any DNS. Elsewhere a domain whose <c>*</c> entry in the
    /// DNS leads here. Empty: only paths lead to ports.
    /// </summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>
    /// How this server is reached from outside, such as <c>https://atoll.example.com</c>: the addresses of ports that the API tells begin with it, and hosts take its scheme and port. Default: as the
    /// request that asks was sent, which is right unless a proxy in front changes scheme or host.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>Requests and WebSockets to ports that may be open at one time, of all sandboxes together: the server's other connections stay free for its API. Default 1,024.</summary>
    public int Requests { get; set; } = 1024;

    /// <summary>The same for one sandbox. Default 256.</summary>
    public int RequestsPerSandbox { get; set; } = 256;

    /// <summary>The largest body of a request, in bytes. Default 16 GiB.</summary>
    public long BodyBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>The headers of a sandbox's answer together, in KiB. Default 32. (Those of a request: <c>Server:Limits:HeaderBytes</c>.)</summary>
    public int AnswerHeaderKiB { get; set; } = 32;

    /// <summary>How long nothing may come from either side, the first byte of an answer and an open WebSocket included, in seconds. Default 600.</summary>
    public int QuietSeconds { get; set; } = 600;
}

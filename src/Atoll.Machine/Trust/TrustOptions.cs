namespace Atoll.Machine.Trust;

/// <summary>Whose certificates sandboxes trust besides their own distribution's. Section <c>Trust</c>. Read at the server's start.</summary>
public sealed class TrustOptions
{
    public const string Section = "Trust";

    /// <summary>
    /// <c>auto</c>, <c>on</c> or <c>off</c>: whether sandboxes trust the certificates in <see cref="Folder"/>, as a host behind an inspecting proxy does. <c>on</c> says so in the log when there are none.
    /// Default <c>auto</c>: where there are any.
    /// </summary>
    public HostTrust HostCertificates { get; set; } = HostTrust.Auto;

    /// <summary>Certificates in PEM, <c>*.crt</c>, also in folders below. Default <c>/usr/local/share/ca-certificates</c>, from which update-ca-certificates takes them.</summary>
    public string Folder { get; set; } = "/usr/local/share/ca-certificates";

    /// <summary>The host's own bundle, for sandboxes whose system has none. Default <c>/etc/ssl/certs/ca-certificates.crt</c>.</summary>
    public string Bundle { get; set; } = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>What `atoll doctor` connects to by TLS from inside a sandbox, as <c>host:port</c>; empty: nothing. Default <c>registry.npmjs.org:443</c>.</summary>
    public string TrialHost { get; set; } = "registry.npmjs.org:443";
}

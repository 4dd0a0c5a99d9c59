namespace Atoll.Server.Hosting;

/// <summary>How the server is reached. Section <c>Server</c>.</summary>
internal sealed class ServerOptions
{
    public const string Section = "Server";

    /// <summary>Where the server listens, over plain HTTP: <c>http://address:port</c>; port 0 is any free one. Default <c>http://127.0.0.1:7800</c>, which only this host reaches.</summary>
    public string Url { get; set; } = "http://127.0.0.1:7800";

    /// <summary>Where the first key is written: a folder. Default: <c>~/.config/atoll</c> of the user who ran the server (through sudo, too).</summary>
    public string? FirstKeyFolder { get; set; }

    /// <summary>How long requests may go on when the server stops. Default 10 s.</summary>
    public int ShutdownSeconds { get; set; } = 10;

    public RatesOptions Rates { get; set; } = new();

    public LimitsOptions Limits { get; set; } = new();
}

namespace Atoll.Server.Hosting;

/// <summary>Bounds on what clients may send and hold. Section <c>Server:Limits</c>.</summary>
internal sealed class LimitsOptions
{
    /// <summary>Connections at one time. Default 4,096; fewer where the process may have less than four files open for each.</summary>
    public int Connections { get; set; } = 4096;

    /// <summary>WebSockets at one time. Default 2,048.</summary>
    public int WebSockets { get; set; } = 2048;

    /// <summary>A request's headers together. Default 32 KiB.</summary>
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>How long a client may take to send its headers. Default 15 s.</summary>
    public int HeaderSeconds { get; set; } = 15;

    /// <summary>A JSON body. Default 1 MiB.</summary>
    public long JsonBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>A JSON body that carries a user's text: commands with stdin, replacements. Default 8 MiB.</summary>
    public long TextBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>An uploaded file or archive, as sent. Default 16 GiB.</summary>
    public long UploadBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>What an uploaded archive may unpack to. Default 16 GiB.</summary>
    public long ArchiveBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Output that exec returns when the request does not say. Default 4 MiB.</summary>
    public int ExecOutputBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>A body that comes more slowly than this many bytes a second for <see cref="SlowSeconds"/> is given up; so is a client that reads its answer more slowly. Default 100.</summary>
    public int SlowestBytesPerSecond { get; set; } = 100;

    /// <summary>How long a client may pause in a body or answer. Default 30 s.</summary>
    public int SlowSeconds { get; set; } = 30;
}

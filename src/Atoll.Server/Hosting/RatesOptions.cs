namespace Atoll.Server.Hosting;

/// <summary>How fast requests may come. Section <c>Server:Rates</c>. The defaults are far above what a program that waits for its answers reaches; they stop one that runs away.</summary>
internal sealed class RatesOptions
{
    /// <summary>Requests a second of one key, in the long run. Default 2,000.</summary>
    public int RequestsPerSecond { get; set; } = 2000;

    /// <summary>Requests of one key at once. Default 10,000.</summary>
    public int RequestBurst { get; set; } = 10_000;

    /// <summary>Requests without a valid key from one address, a minute and at once. Default 300.</summary>
    public int FailedKeysPerMinute { get; set; } = 300;

    /// <summary>The same from all addresses together. Default 300. Requests with a valid key are not held up by either.</summary>
    public int AllFailedKeysPerMinute { get; set; } = 300;
}

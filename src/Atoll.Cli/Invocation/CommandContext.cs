using System.Net;
using Atoll.Cli.Configuration;
using Atoll.Cli.Output;
using Atoll.Cli.Terminals;
using Atoll.Client;

namespace Atoll.Cli.Invocation;

/// <summary>What a command works with. One per invocation.</summary>
internal sealed class CommandContext : IDisposable
{
    // A server on this host or the next answers a connection at once; one that does not within this is not there.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly Lazy<Settings> _settings;
    private HttpClient? _http;

    public CommandContext(CliOutput output, TimeProvider time, Interrupts interrupts, ConfigStore store, string? url)
    {
        (Output, Time, Interrupts, Store) = (output, time, interrupts, store);
        _settings = new(() => SettingsReader.Read(url, Environment.GetEnvironmentVariable, store, output));
    }

    public CliOutput Output { get; }

    public TimeProvider Time { get; }

    public Interrupts Interrupts { get; }

    public ConfigStore Store { get; }

    public Settings Settings => _settings.Value;

    /// <summary>The sandbox at work, for what is told of a failure.</summary>
    public string? Sandbox { get; set; }

    /// <summary>The client of the configured server; the connection is made by its first call.</summary>
    public AtollClient Client => field ??= ClientFor(Settings);

    public AtollClient ClientFor(Settings settings)
    {
        _http ??= new HttpClient(
            new SocketsHttpHandler
            {
                ConnectTimeout = ConnectLimit,
                AutomaticDecompression = DecompressionMethods.None,
                // A key belongs to the server it was given for: it is not carried along to another.
                AllowAutoRedirect = false,
                UseCookies = false,
            })
        { Timeout = Timeout.InfiniteTimeSpan };
        return new(_http, settings.Url, settings.ApiKey, Time);
    }

    public Spinner Wait(string text) => new(Output, Time, text);

    public void Dispose() => _http?.Dispose();
}

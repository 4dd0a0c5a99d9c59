using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Hosting;

/// <summary>Finds every mistake at once, each with the key as it is written in the configuration.</summary>
internal sealed class ServerOptionsValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var mistakes = new List<string>();
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/")
            mistakes.Add($"Server:Url must be http://address:port, not '{options.Url}'.");
        else if (!url.IsLoopback && !IPAddress.TryParse(url.Host.Trim('[', ']'), out _))
            mistakes.Add($"Server:Url must name an IP address of this host (0.0.0.0 for all of them) or localhost, not '{url.Host}'.");
        if (options.FirstKeyFolder is { } folder && !Path.IsPathRooted(folder)) mistakes.Add("Server:FirstKeyFolder must be an absolute path.");
        var limits = options.Limits;
        Range("ShutdownSeconds", options.ShutdownSeconds, 0, 600);
        Range("Limits:Connections", limits.Connections, 1, 1_000_000);
        Range("Limits:WebSockets", limits.WebSockets, 1, 1_000_000);
        Range("Limits:HeaderBytes", limits.HeaderBytes, 4096, 1024 * 1024);
        Range("Limits:HeaderSeconds", limits.HeaderSeconds, 1, 600);
        Range("Limits:JsonBodyBytes", limits.JsonBodyBytes, 1024, 1024 * 1024 * 1024);
        Range("Limits:TextBodyBytes", limits.TextBodyBytes, 1024, 1024 * 1024 * 1024);
        Range("Limits:UploadBytes", limits.UploadBytes, 1, long.MaxValue);
        Range("Limits:ArchiveBytes", limits.ArchiveBytes, 1, long.MaxValue);
        Range("Limits:ExecOutputBytes", limits.ExecOutputBytes, 1, 16 * 1024 * 1024);
        Range("Limits:SlowestBytesPerSecond", limits.SlowestBytesPerSecond, 1, 1024 * 1024);
        Range("Limits:SlowSeconds", limits.SlowSeconds, 2, 3600);
        Range("Rates:RequestsPerSecond", options.Rates.RequestsPerSecond, 1, 1_000_000);
        Range("Rates:RequestBurst", options.Rates.RequestBurst, 1, 10_000_000);
        Range("Rates:FailedKeysPerMinute", options.Rates.FailedKeysPerMinute, 1, 1_000_000);
        Range("Rates:AllFailedKeysPerMinute", options.Rates.AllFailedKeysPerMinute, 1, 1_000_000);
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);

        void Range(string key, long value, long least, long most)
        {
            if (value < least || value > most) mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"Server:{key} must be from {least} to {most}, not {value}."));
        }
    }
}

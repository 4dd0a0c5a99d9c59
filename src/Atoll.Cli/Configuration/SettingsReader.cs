using Atoll.Cli.Errors;
using Atoll.Cli.Output;

namespace Atoll.Cli.Configuration;

/// <summary>
/// Finds the server's URL and the key, each by itself: <c>--url</c>, then <c>ATOLL_URL</c>, then the configuration file, then this host's usual port;
/// <c>ATOLL_API_KEY</c>, then the configuration file. An empty variable counts as none.
/// </summary>
internal static class SettingsReader
{
    public const string DefaultUrl = "http://127.0.0.1:7800";

    public static Settings Read(string? urlOption, Func<string, string?> environment, ConfigStore store, CliOutput output)
    {
        var url = urlOption ?? Present(environment("ATOLL_URL"));
        var key = Present(environment("ATOLL_API_KEY"));
        var file = url is null || key is null ? store.Read(output) : null;
        return new(ParseUrl(url ?? Present(file?.Url) ?? DefaultUrl), key ?? Present(file?.ApiKey));
    }

    public static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo is ""
            ? url!
            : throw new CliException(Codes.Usage, $"'{text}' is no URL of a server.", $"It should look like {DefaultUrl}");

    private static string? Present(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Hosting;

/// <summary>Finds every mistake at once, each with the key as it is written in the configuration.</summary>
internal sealed class IngressOptionsValidator : IValidateOptions<IngressOptions>
{
    /// <summary>What is left of a host name of 253 characters beside port and id.</summary>
    private const int LongestDomain = 220;

    public ValidateOptionsResult Validate(string? name, IngressOptions options)
    {
        var mistakes = new List<string>();
        if (options.Domain.Length > 0 && (options.Domain.Length > LongestDomain || Uri.CheckHostName(options.Domain) is not UriHostNameType.Dns || options.Domain.Any(char.IsAsciiLetterUpper) || options.Domain.EndsWith('.')))
            mistakes.Add($"Ingress:Domain must be a domain's name in lower case, such as sandboxes.example.com, or empty, not '{options.Domain}'.");
        if (options.Url is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/" || url.UserInfo.Length > 0))
            mistakes.Add($"Ingress:Url must be such as https://atoll.example.com, not '{text}'.");
        Range("Requests", options.Requests, 1, 1_000_000);
        Range("RequestsPerSandbox", options.RequestsPerSandbox, 1, 1_000_000);
        Range("BodyBytes", options.BodyBytes, 0, long.MaxValue);
        Range("AnswerHeaderKiB", options.AnswerHeaderKiB, 1, 1024);
        Range("QuietSeconds", options.QuietSeconds, 1, 7 * 86_400);
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);

        void Range(string key, long value, long least, long most)
        {
            if (value < least || value > most) mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"Ingress:{key} must be from {least} to {most}, not {value}."));
        }
    }
}

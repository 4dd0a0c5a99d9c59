using Microsoft.Extensions.Options;

namespace Atoll.Machine.Trust;

internal sealed class TrustOptionsValidator : IValidateOptions<TrustOptions>
{
    public ValidateOptionsResult Validate(string? name, TrustOptions options)
    {
        List<string> wrong = [];
        if (!Enum.IsDefined(options.HostCertificates)) wrong.Add("Trust:HostCertificates must be auto, on or off.");
        if (!Path.IsPathFullyQualified(options.Folder)) wrong.Add($"Trust:Folder '{options.Folder}' must be an absolute path.");
        if (!Path.IsPathFullyQualified(options.Bundle)) wrong.Add($"Trust:Bundle '{options.Bundle}' must be an absolute path.");
        if (options.TrialHost.Length > 0 && !(Uri.TryCreate($"https://{options.TrialHost}/", UriKind.Absolute, out var uri) && uri.Authority.Length > 0 && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0))
            wrong.Add($"Trust:TrialHost '{options.TrialHost}' must be host:port.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

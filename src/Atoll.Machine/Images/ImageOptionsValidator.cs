using Microsoft.Extensions.Options;

namespace Atoll.Machine.Images;

internal sealed class ImageOptionsValidator : IValidateOptions<ImageOptions>
{
    public ValidateOptionsResult Validate(string? name, ImageOptions options)
    {
        var wrong = new List<string>();
        if (options.CacheDirectory is { } cache && !Path.IsPathFullyQualified(cache)) wrong.Add($"Images:CacheDirectory '{cache}' must be an absolute path.");
        if (options.Mirror is { } mirror && !(Uri.TryCreate(mirror, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")) wrong.Add($"Images:Mirror '{mirror}' must be an http or https URL.");
        if (options.BuildSeconds is < 60 or > 7200) wrong.Add($"Images:BuildSeconds {options.BuildSeconds} must be 60 to 7200.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

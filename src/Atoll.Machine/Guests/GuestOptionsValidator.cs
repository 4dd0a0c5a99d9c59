using Microsoft.Extensions.Options;

namespace Atoll.Machine.Guests;

internal sealed class GuestOptionsValidator : IValidateOptions<GuestOptions>
{
    /// <summary>Of the agent's 512 connections, 64 are never for streams.</summary>
    private const int MostStreams = 448;

    private const double MostSeconds = 3600;

    public ValidateOptionsResult Validate(string? name, GuestOptions options)
    {
        List<string> wrong = [];
        if (options.MaxStreams is not (>= 1 and <= MostStreams)) wrong.Add($"{GuestOptions.Section}:{nameof(options.MaxStreams)} must be 1 to {MostStreams}.");
        if (options.ReattachSeconds is not (>= 0 and <= MostSeconds)) wrong.Add($"{GuestOptions.Section}:{nameof(options.ReattachSeconds)} must be 0 to {MostSeconds}.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

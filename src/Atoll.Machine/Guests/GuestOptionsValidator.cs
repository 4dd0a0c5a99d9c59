using Microsoft.Extensions.Options;

namespace Atoll.Machine.Guests;

internal sealed class GuestOptionsValidator : IValidateOptions<GuestOptions>
{
    /// <summary>Of the agent's 512 connections, 64 are never for streams and tunnels.</summary>
    private const int Most = 448;

    private const double MostSeconds = 3600;

    public ValidateOptionsResult Validate(string? name, GuestOptions options)
    {
        List<string> wrong = [];
        if (options is not { MaxStreams: >= 1, MaxTunnels: >= 1 } || (long)options.MaxStreams + options.MaxTunnels > Most)
        {
            wrong.Add($"{GuestOptions.Section}:{nameof(options.MaxStreams)} and {GuestOptions.Section}:{nameof(options.MaxTunnels)} must each be at least 1, and together at most {Most}.");
        }

        if (options.ReattachSeconds is not (>= 0 and <= MostSeconds)) wrong.Add($"{GuestOptions.Section}:{nameof(options.ReattachSeconds)} must be 0 to {MostSeconds}.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

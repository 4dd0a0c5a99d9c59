using Microsoft.Extensions.Options;

namespace Atoll.Machine.Guests;

internal sealed class GuestOptionsValidator : IValidateOptions<GuestOptions>
{
    /// <summary>Of the agent's 512 connections, 64 are never for streams.</summary>
    private const int MostStreams = 448;

    public ValidateOptionsResult Validate(string? name, GuestOptions options) => options.MaxStreams is >= 1 and <= MostStreams
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{GuestOptions.Section}:{nameof(options.MaxStreams)} must be 1 to {MostStreams}.");
}

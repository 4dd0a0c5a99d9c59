using Microsoft.Extensions.Options;

namespace Atoll.Machine.Guests;

internal sealed class GuestOptionsValidator : IValidateOptions<GuestOptions>
{
    /// <summary>Of the agent's 512 connections, 64 are never for streams and tunnels.</summary>
    private const int Most = 448;

    public ValidateOptionsResult Validate(string? name, GuestOptions options) => options is { MaxStreams: >= 1, MaxTunnels: >= 1 } && (long)options.MaxStreams + options.MaxTunnels <= Most
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{GuestOptions.Section}:{nameof(options.MaxStreams)} and {GuestOptions.Section}:{nameof(options.MaxTunnels)} must each be at least 1, and together at most {Most}.");
}

namespace Atoll.Server.Api.Ports;

internal sealed record ExposePortBody
{
    /// <summary>To anybody, without a token. Default false.</summary>
    public bool? Public { get; init; }

    /// <summary>For how long, in seconds; 0, the default, for as long as the sandbox lives.</summary>
    public double? TtlSeconds { get; init; }
}

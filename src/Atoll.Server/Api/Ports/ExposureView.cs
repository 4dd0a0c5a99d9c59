using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Ports;

/// <summary>How a port is exposed.</summary>
/// <param name="Public">To anybody; else to whoever has its token.</param>
/// <param name="ExpiresAt">Null for as long as the sandbox lives.</param>
internal sealed record ExposureView(bool Public, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static ExposureView? Of(ExposedPort? how) => how is null ? null : new(how.Public, how.CreatedAt, how.ExpiresAt);
}

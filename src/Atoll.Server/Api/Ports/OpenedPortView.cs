using Atoll.Core.Ports;
using Atoll.Server.Hosting;

namespace Atoll.Server.Api.Ports;

/// <summary>A port that has just been exposed.</summary>
/// <param name="Url">For browsers, an origin of its own: <c>{port}-{id}.{domain}</c>; the same as <paramref name="PathUrl"/> where the server has no domain for it.</param>
/// <param name="PathUrl">For programs: needs no DNS.</param>
/// <param name="Token">Shown this once: as header <c>X-Atoll-Port-Token</c>, or as <c>?atoll_port_token=</c> in a browser's first visit. Null when the port is public.</param>
internal sealed record OpenedPortView(string Sandbox, int Port, bool Public, string Url, string PathUrl, string? Token, DateTimeOffset? ExpiresAt)
{
    public static OpenedPortView Of(OpenedPort opened, PortUrls urls) => new(
        opened.Sandbox.Value, opened.Port, opened.How.Public, urls.Of(opened.Sandbox, opened.Port), urls.PathForm(opened.Sandbox, opened.Port), opened.Token, opened.How.ExpiresAt);
}

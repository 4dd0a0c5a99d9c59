namespace Atoll.Client.Ports;

/// <summary>A port that has just been exposed.</summary>
/// <param name="Url">For browsers.</param>
/// <param name="PathUrl">For programs: needs no DNS.</param>
/// <param name="Token">Shown this once; null when the port is public.</param>
/// <param name="ExpiresAt">Null for as long as the sandbox lives.</param>
public sealed record ExposedPortInfo(string Sandbox, int Port, bool Public, string Url, string PathUrl, string? Token, DateTimeOffset? ExpiresAt)
{
    /// <summary>The address to open in a browser: its first visit brings the token, if there is one.</summary>
    public string BrowserUrl => Token is null ? Url : $"{Url}?atoll_port_token={Uri.EscapeDataString(Token)}";
}

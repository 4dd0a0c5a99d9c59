using Atoll.Client.Http;
using Atoll.Client.Keys;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>API keys of the key's team.</summary>
public sealed class KeysClient
{
    private readonly ApiConnection _connection;

    internal KeysClient(ApiConnection connection) => _connection = connection;

    /// <param name="team">For operators: of another team, by id or name.</param>
    public async Task<IReadOnlyList<KeyInfo>> ListAsync(string? team, CancellationToken cancellation) =>
        (await _connection.GetAsync(Of(team), AtollJson.Default.AtollPageKeyInfo, cancellation)).Items;

    /// <param name="team">For operators: of another team, by id or name.</param>
    public Task<CreatedKey> CreateAsync(CreateKey key, string? team, CancellationToken cancellation) =>
        _connection.PostAsync(Of(team), key, AtollRequestJson.Default.CreateKey, AtollJson.Default.CreatedKey, cancellation);

    /// <summary>From the reply on, the key opens nothing.</summary>
    /// <param name="team">For operators: of another team, by id or name.</param>
    public Task RevokeAsync(string id, string? team, CancellationToken cancellation) => _connection.DeleteAsync(Of(team) + "/" + Uri.EscapeDataString(id), cancellation);

    private static string Of(string? team) => team is null ? "/v1/keys" : $"/v1/teams/{Uri.EscapeDataString(team)}/keys";
}

using Atoll.Client.Http;
using Atoll.Client.Teams;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Users of the key's team, by id or name.</summary>
public sealed class UsersClient
{
    private readonly ApiConnection _connection;

    internal UsersClient(ApiConnection connection) => _connection = connection;

    public async Task<IReadOnlyList<UserInfo>> ListAsync(CancellationToken cancellation) =>
        (await _connection.GetAsync("/v1/team/users", AtollJson.Default.AtollPageUserInfo, cancellation)).Items;

    /// <param name="role"><c>owner</c>, <c>member</c> or <c>viewer</c>; null is the server's default.</param>
    public Task<UserInfo> CreateAsync(string name, string? email, string? role, CancellationToken cancellation) =>
        _connection.PostAsync("/v1/team/users", new CreateUser(name, email, role), AtollRequestJson.Default.CreateUser, AtollJson.Default.UserInfo, cancellation);

    public Task<UserInfo> ChangeRoleAsync(string user, string role, CancellationToken cancellation) =>
        _connection.PatchAsync(Path(user), new UpdateUser(role), AtollRequestJson.Default.UpdateUser, AtollJson.Default.UserInfo, cancellation);

    /// <summary>From the reply on, none of the user's keys opens anything.</summary>
    public Task RemoveAsync(string user, CancellationToken cancellation) => _connection.DeleteAsync(Path(user), cancellation);

    private static string Path(string user) => "/v1/team/users/" + Uri.EscapeDataString(user);
}

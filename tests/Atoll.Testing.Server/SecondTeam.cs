using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Atoll.Testing.Server;

/// <summary>
/// Another team with a key of its own. There is no route that makes teams yet, so it is written where the server keeps them: a key's row holds the SHA-256 of the key in hex.
/// </summary>
public static class SecondTeam
{
    /// <summary>Returns the team's key.</summary>
    public static async Task<string> CreateAsync(RealServer server, CancellationToken cancellation)
    {
        var key = "atoll_" + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 43);
        var tag = RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 12);
        await using var database = new SqliteConnection($"Data Source={Path.Combine(server.StateDirectory, "atoll.db")};Pooling=False");
        await database.OpenAsync(cancellation);
        await using var insert = database.CreateCommand();
        insert.CommandText = """
            INSERT INTO Teams (Id, Name, CreatedAt) VALUES ($team, 'other', 0);
            INSERT INTO Keys (Id, Team, Name, Prefix, Hash, CreatedAt) VALUES ($key, $team, 'other', $prefix, $hash, 0);
            """;
        insert.Parameters.AddWithValue("$team", "team_0000" + tag);
        insert.Parameters.AddWithValue("$key", "key_" + tag);
        insert.Parameters.AddWithValue("$prefix", key[..12]);
        insert.Parameters.AddWithValue("$hash", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key))));
        await insert.ExecuteNonQueryAsync(cancellation);
        return key;
    }
}

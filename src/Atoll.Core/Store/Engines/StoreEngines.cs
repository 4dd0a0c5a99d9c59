using System.Data.Common;

namespace Atoll.Core.Store.Engines;

/// <summary>Which engine the options mean.</summary>
internal static class StoreEngines
{
    public static IStoreEngine For(StoreOptions options) => ProviderOf(options) is StoreProvider.PostgreSql ? new PostgresEngine(options) : new SqliteEngine(options);

    /// <summary>What is said, or what the connection string is one of: only a server has a host.</summary>
    public static StoreProvider ProviderOf(StoreOptions options)
    {
        if (options.Provider is { } said) return said;
        DbConnectionStringBuilder parts = new() { ConnectionString = options.ConnectionString };
        return parts.ContainsKey("Host") || parts.ContainsKey("Server") ? StoreProvider.PostgreSql : StoreProvider.Sqlite;
    }
}

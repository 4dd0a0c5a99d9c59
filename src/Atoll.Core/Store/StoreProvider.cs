namespace Atoll.Core.Store;

/// <summary>Which database product keeps the state.</summary>
public enum StoreProvider
{
    /// <summary>A file of this server's own.</summary>
    Sqlite,

    /// <summary>A server somewhere, which this server has one database of to itself.</summary>
    PostgreSql,
}

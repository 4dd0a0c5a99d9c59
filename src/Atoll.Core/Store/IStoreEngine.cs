using Atoll.Core.Faults;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// Everything that is one database product's own: how it is opened, and what its errors mean. The same rows, queries and tests hold for all of them.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal interface IStoreEngine : IDisposable
{
    /// <summary>For metrics and logs: <c>sqlite</c>, <c>postgresql</c>.</summary>
    string Name { get; }

    /// <summary>Contexts from a pool; each is used by one caller at a time.</summary>
    IDbContextFactory<AtollContext> Contexts { get; }

    /// <summary>What keeps other servers off it.</summary>
    IStoreHold Hold { get; }

    /// <summary>Two writers race for one name or key, and this one lost.</summary>
    bool IsUniqueViolation(Exception failure);

    /// <summary>What a failure of the database means to a caller; null for one that is a bug of ours.</summary>
    Fault? Explain(Exception failure);

    /// <summary>What the engine wants done now and then beside its users, who do not wait for it.</summary>
    Task TidyAsync();
}

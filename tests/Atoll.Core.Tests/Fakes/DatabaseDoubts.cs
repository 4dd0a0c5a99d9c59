using Atoll.Core.Store;

namespace Atoll.Core.Tests.Fakes;

/// <summary>What goes wrong between a database and its caller, as a test says.</summary>
internal sealed class DatabaseDoubts
{
    /// <summary>Which saves are done and reported as failed.</summary>
    public Func<AtollContext, bool> SavesAndFails { get; set; } = _ => false;

    /// <summary>Whether it can be had at all.</summary>
    public bool IsGone { get; set; }
}

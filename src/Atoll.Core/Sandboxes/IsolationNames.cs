namespace Atoll.Core.Sandboxes;

/// <summary>Kinds of isolation as labels of metrics.</summary>
public static class IsolationNames
{
    public static string Of(IsolationKind kind) => kind switch
    {
        IsolationKind.GVisor => "gvisor",
        IsolationKind.Container => "container",
        _ => "other",
    };
}

namespace Atoll.Bench.Running;

/// <summary>The kinds of isolation, as the API names them.</summary>
internal static class Isolations
{
    public const string Container = "container";
    public const string GVisor = "gvisor";
}

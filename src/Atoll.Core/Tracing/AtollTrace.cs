using System.Diagnostics;

namespace Atoll.Core.Tracing;

/// <summary>
/// Where this server's own spans come from. A span costs nothing while nobody listens; exporters listen to the source by <see cref="SourceName"/>.
/// Names are <c>room.step</c>, lower-case (<c>create.reserve</c>, <c>machine.clone</c>); tags hold ids, never contents.
/// </summary>
public static class AtollTrace
{
    public const string SourceName = "Atoll";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts a span that ends when disposed; null while nobody listens.</summary>
    public static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>Runs one step under a span of its own.</summary>
    public static async Task<T> MeasureAsync<T>(string name, Func<Task<T>> step)
    {
        using var span = Start(name);
        return await step();
    }
}

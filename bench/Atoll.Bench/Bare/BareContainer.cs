namespace Atoll.Bench.Bare;

/// <summary>A container of a bare runtime that stays until it is disposed.</summary>
internal sealed class BareContainer(BareTool tool, string id, string errors) : IAsyncDisposable
{
    /// <summary>Milliseconds of a whole <c>exec</c>.</summary>
    public Task<double> ExecAsync(params string[] argv) => ToolThread.RunAsync(() => Spawn.Time([.. tool.Global, "exec", id, .. argv], errors), tool.Hidden);

    public async ValueTask DisposeAsync() => await ToolThread.RunAsync(() => Spawn.Time([.. tool.Global, "delete", tool.Name == "runc" ? "--force" : "-force", id], errors), tool.Hidden);
}

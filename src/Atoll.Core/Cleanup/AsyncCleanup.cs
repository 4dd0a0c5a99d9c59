namespace Atoll.Core.Cleanup;

/// <summary>
/// Undo steps for what was acquired so far. Push one right after each acquisition; leaving the scope runs them in reverse order,
/// unless <see cref="Release"/> was called because everything succeeded. A step that throws does not stop the ones below it:
/// all are run, then the failures are thrown together. Not thread-safe: it belongs to one flow.
/// </summary>
public sealed class AsyncCleanup : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _steps = new();

    public void Push(Func<ValueTask> undo) => _steps.Push(undo);

    public void Push(Action undo) => _steps.Push(() =>
    {
        undo();
        return ValueTask.CompletedTask;
    });

    /// <summary>Everything succeeded: nothing is undone.</summary>
    public void Release() => _steps.Clear();

    public async ValueTask DisposeAsync()
    {
        List<Exception>? failures = null;
        while (_steps.TryPop(out var undo))
        {
            try
            {
                await undo();
            }
            catch (Exception failure)
            {
                (failures ??= []).Add(failure);
            }
        }

        if (failures is not null) throw new AggregateException("Some clean-up steps failed.", failures);
    }
}

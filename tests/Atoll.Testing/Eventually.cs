namespace Atoll.Testing;

/// <summary>Waits for what another process does, where nothing can be subscribed to: tries again until it holds, and says what it waited for when it never did.</summary>
public static class Eventually
{
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, CancellationToken cancellation, TimeSpan? limit = null)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var bound = limit ?? TimeSpan.FromSeconds(60);
        while (!await condition())
        {
            if (time.GetElapsedTime(started) > bound) throw new TimeoutException($"Waited {bound.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition, CancellationToken cancellation, TimeSpan? limit = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), cancellation, limit);
}

namespace Atoll.Testing;

/// <summary>Waits for what another process does, where nothing can be subscribed to: tries again until it holds, and says what it waited for when it never did.</summary>
public static class Eventually
{
    /// <param name="seen">What there was instead, for when it never held.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, CancellationToken cancellation, TimeSpan? limit = null, Func<string>? seen = null)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var bound = limit ?? TimeSpan.FromSeconds(60);
        while (!await condition())
        {
            if (time.GetElapsedTime(started) > bound) throw new TimeoutException($"Waited {bound.TotalSeconds:0} s in vain until {what}.{(seen is null ? "" : " " + seen())}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
        }
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}}, CancellationToken, TimeSpan?, Func{string}?)"/>
    public static Task HoldsAsync(string what, Func<bool> condition, CancellationToken cancellation, TimeSpan? limit = null, Func<string>? seen = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), cancellation, limit, seen);
}

namespace Atoll.Machine.Guests.Linking;

/// <summary>Waits for a time to pass inside: while the sandbox sleeps or stands still none does. Looks once a second, so that each such time may count for a second too much.</summary>
internal static class AwakeTime
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static async Task DelayAsync(GuestLink link, TimeSpan span, CancellationToken cancellation)
    {
        while (true)
        {
            var step = span < Look ? span : Look;
            await Task.Delay(step, link.Time, cancellation);
            if (!link.StandsStill) span -= step;
            else await link.AwakeAsync(cancellation);
            if (span <= TimeSpan.Zero) return;
        }
    }
}

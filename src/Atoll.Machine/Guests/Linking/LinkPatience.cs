namespace Atoll.Machine.Guests.Linking;

/// <summary>
/// How long one call goes on trying after its connection broke: as long as the sandbox sleeps or stands still, and for the link's limit of the time in which it runs, counted anew from each answer.
/// </summary>
internal sealed class LinkPatience(GuestLink link)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    /// <summary>Also between connections that all bring something: an agent that cuts each of them itself costs its host a hundred of them a second, not thousands.</summary>
    private static readonly TimeSpan AnsweredPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>How often one that stands still is looked at. Nothing that waits for it is in a hurry.</summary>
    private static readonly TimeSpan StillPause = TimeSpan.FromMilliseconds(250);

    private long? _since;
    private TimeSpan _pause;

    /// <summary>The agent has been reached.</summary>
    public void Answered()
    {
        _since = null;
        if (_pause > AnsweredPause) _pause = AnsweredPause;
    }

    /// <summary>Waits until the call may be sent again; the first time at once. False when it is of no use.</summary>
    public async Task<bool> MayTryAgainAsync(CancellationToken cancellation)
    {
        while (!link.Ended && link.StandsStill)
        {
            Answered();
            var awake = link.AwakeAsync(cancellation);
            await (awake.IsCompleted ? Task.Delay(StillPause, link.Time, cancellation) : awake);
        }

        _since ??= link.Time.GetTimestamp();
        if (link.Ended || link.Time.GetElapsedTime(_since.Value) >= link.Limit) return false;
        if (_pause > TimeSpan.Zero) await Task.Delay(_pause, link.Time, cancellation);
        _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return true;
    }
}

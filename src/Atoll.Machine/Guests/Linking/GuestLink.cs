using System.Diagnostics.CodeAnalysis;
using System.Net;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests.Linking;

/// <summary>
/// The way to one sandbox's agent, over all that happens to it while it keeps its memory: connections that are cut, times in which it stands still, sleep, and waking at another address.
/// <para>Vocabulary. A connection <i>breaks</i> without the agent's doing. The sandbox <i>stands still</i> while its processes are frozen or being saved: connections may live on, and nothing answers.
/// It is <i>asleep</i> while there is no process of it: whoever has a call under way waits for <see cref="Wake"/>, or <see cref="End"/>.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The sources have neither timers nor wait handles: there is nothing to free, and a late caller must find them usable.")]
internal sealed class GuestLink
{
    private readonly Lock _lock = new();
    private readonly Func<bool>? _frozen;
    private volatile AgentClient _client;
    private volatile TaskCompletionSource? _sleep;
    private volatile bool _ended;
    private CancellationTokenSource _unbroken = new();
    private int _holds;

    /// <param name="limit">How long a broken call may take to reach the agent again while the sandbox runs.</param>
    /// <param name="frozen">Asked whether its processes are frozen, when an answer is late; null: never.</param>
    public GuestLink(AgentClient client, TimeSpan limit, TimeProvider time, Func<bool>? frozen = null)
    {
        (Limit, Time, _frozen) = (limit, time, frozen);
        _client = Mine(client);
    }

    /// <summary>Where it is now.</summary>
    public IPAddress Address => ((IPEndPoint)_client.Endpoint).Address;

    public TimeSpan Limit { get; }

    public TimeProvider Time { get; }

    /// <summary>It is gone for good, with its agent.</summary>
    public bool Ended => _ended;

    /// <summary>Nothing in it can answer now, and that is no fault.</summary>
    public bool StandsStill => Volatile.Read(ref _holds) > 0 || _sleep is not null || _frozen?.Invoke() is true;

    /// <summary>Completes when it is not asleep.</summary>
    public Task AwakeAsync(CancellationToken cancellation) => _sleep is { } sleep ? sleep.Task.WaitAsync(cancellation) : Task.CompletedTask;

    /// <summary>Opens a connection for one call; it breaks with the link.</summary>
    /// <exception cref="AgentConnectionException">The agent does not answer.</exception>
    public async Task<AgentConnection> CallAsync(Call call, CancellationToken cancellation)
    {
        var unbroken = Volatile.Read(ref _unbroken).Token;
        var connection = await _client.CallAsync(call, cancellation);
        connection.BreakWith(unbroken);
        return connection;
    }

    /// <summary>All its connections are known to be broken (its memory was saved, which resets them): calls under way open others, at once.</summary>
    public void Break() => Interlocked.Exchange(ref _unbroken, new CancellationTokenSource()).Cancel();

    /// <summary>Until this is disposed it stands still, whatever its processes look like from outside.</summary>
    public IDisposable Hold() => new LinkHold(this);

    /// <summary>Its processes end with their memory saved: calls under way wait until it wakes.</summary>
    public void Sleep()
    {
        lock (_lock) _sleep ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Break();
    }

    /// <summary>It goes on, maybe elsewhere, with the same agent.</summary>
    public void Wake(AgentClient at)
    {
        TaskCompletionSource? sleep;
        lock (_lock)
        {
            _client = Mine(at);
            (sleep, _sleep) = (_sleep, null);
        }

        Break();
        sleep?.SetResult();
    }

    /// <summary>Nobody will answer here any more.</summary>
    public void End()
    {
        TaskCompletionSource? sleep;
        lock (_lock)
        {
            _ended = true;
            (sleep, _sleep) = (_sleep, null);
        }

        Break();
        sleep?.SetResult();
    }

    internal void Count(int holds) => Interlocked.Add(ref _holds, holds);

    private AgentClient Mine(AgentClient client)
    {
        client.StandsStill = () => StandsStill;
        return client;
    }
}

using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Sandboxes.Metering;

namespace Atoll.Core.Sandboxes.Living;

/// <summary>A living sandbox in memory. Its grain (or recovery, before there are grains) swaps the snapshot; everybody reads it.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The token is held by users beyond the entry's life; a source without timer or wait handle owns nothing but memory.")]
internal sealed class LiveEntry(Sandbox sandbox, SandboxActivity activity, UsageRing usage)
{
    private CancellationTokenSource _ended = new();
    private volatile Sandbox _sandbox = sandbox;
    private volatile Ending? _ending;
    private volatile SandboxFault? _fault;
    private volatile bool _restoring;
    private volatile bool _turning;
    private volatile bool _doubtful;
    private volatile DiskTransfer? _transfer;
    private volatile string _origin = sandbox.Id.Value;

    public Sandbox Sandbox
    {
        get => _sandbox;
        set => _sandbox = value;
    }

    /// <summary>Its end has begun: nobody may take it into use.</summary>
    public Ending? Ending => _ending;

    /// <summary>What has ended its processes and is not saved yet: nobody may take it into use.</summary>
    public SandboxFault? Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>A change of its state may have been saved though the database said that it was not: asked for again before anything else is done to it.</summary>
    public bool Doubtful
    {
        get => _doubtful;
        set => _doubtful = value;
    }

    /// <summary>Its policy's suspension has failed. Belongs to its grain; a restart of the server forgets it.</summary>
    public SuspendBackoff? Backoff { get; set; }

    public SandboxActivity Activity { get; } = activity;

    public UsageRing Usage { get; } = usage;

    /// <summary>What it has used, for accounts.</summary>
    public SandboxMeter Meter { get; } = new(sandbox.Id, sandbox.Team);

    /// <summary>Signalled when it ends, or its processes do because it is restored; whoever comes after that gets another.</summary>
    public CancellationToken Ended => Volatile.Read(ref _ended).Token;

    /// <summary>Its disk is being replaced: nobody may take it into use.</summary>
    public bool Restoring
    {
        get => _restoring;
        set => _restoring = value;
    }

    /// <summary>It is falling asleep or waking: whoever comes to use it waits for its turn.</summary>
    public bool Turning
    {
        get => _turning;
        set => _turning = value;
    }

    /// <summary>Whose memory its processes run in: its own id, and after a restore in place another each time. It is not kept over a restart of the server.</summary>
    public string Origin
    {
        get => _origin;
        set => _origin = value;
    }

    /// <summary>Its disk is on its way to or from the object store; else null.</summary>
    public DiskTransfer? Transfer
    {
        get => _transfer;
        set => _transfer = value;
    }

    /// <summary>Streams that hold it are told that its processes end; it goes on with others.</summary>
    public Task InterruptAsync() => Interlocked.Exchange(ref _ended, new()).CancelAsync();

    /// <summary>Streams that hold it are told. Returns when they all have been; the first end stays.</summary>
    public Task BeginEndAsync(Ending ending)
    {
        _ending ??= ending;
        return _ended.CancelAsync();
    }
}

using Atoll.Agent.Processes;

namespace Atoll.Agent.Calls.Processes;

/// <summary>
/// The attachments of hosts to processes, by the ids of their calls. One whose connection breaks is kept for as long as the call says; a call with its id goes on with it. One that comes again
/// after its end finds what it started as long as <see cref="ProcessTable"/> keeps that, and never starts it twice. Thread-safe.
/// </summary>
internal sealed class Attachments(ProcessTable processes, TimeProvider time)
{
    /// <summary>Execs that are over: as many as any sandbox runs while its host looks for it.</summary>
    private const int Remembered = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Attachment> _held = [];
    private readonly RecentIds _over = new(Remembered);

    /// <summary>The attachment of a call, now served by its connection, which takes the place of one before. Null when what it started is known to have been, and is no more.</summary>
    /// <param name="owns">The call starts its process.</param>
    /// <exception cref="OperationCanceledException">It is late: the host has gone on to another connection.</exception>
    public Attachment? Join(CallContext context, bool owns)
    {
        var (id, again) = (context.Call.Id, context.Call.Again);
        if (id == 0) return new Attachment(0) { Owns = owns, Connection = context };
        lock (_lock)
        {
            if (!_held.TryGetValue(id, out var attachment))
            {
                var started = again && owns ? processes.FindByCall(id) : null;
                if (again && owns && started is null && _over.MayHold(id)) return null;
                attachment = new Attachment(id) { Owns = owns };
                if (started is not null) attachment.Begin(() => started);
                _held.Add(id, attachment);
            }
            else if (!again)
            {
                throw new OperationCanceledException();
            }

            attachment.Connection?.GiveWay();
            attachment.Connection = context;
            attachment.Expiry?.Dispose();
            attachment.Expiry = null;
            return attachment;
        }
    }

    /// <summary>Its connection has come to an end. Nothing, if another has taken its place.</summary>
    /// <param name="kept">How long the host may take to come back.</param>
    public void Leave(Attachment attachment, CallContext context, AttachmentEnd end, TimeSpan kept)
    {
        lock (_lock)
        {
            if (attachment.Connection != context) return;
            attachment.Connection = null;
            if (end is AttachmentEnd.Broken && !attachment.Forsaken && attachment.Id != 0 && kept > TimeSpan.Zero)
            {
                attachment.Expiry = time.CreateTimer(_ => Expire(attachment), null, kept, Timeout.InfiniteTimeSpan);
                return;
            }

            Forget(attachment);
        }

        End(attachment);
    }

    /// <summary>The hosts of all of them are gone for good: those of another sandbox, which was saved with its memory.</summary>
    public void Forsake()
    {
        List<Attachment> left = [];
        lock (_lock)
        {
            foreach (var attachment in _held.Values)
            {
                // One that is still served is left by its connection, which has been told.
                attachment.Forsaken = true;
                if (attachment.Connection is null) left.Add(attachment);
            }

            left.ForEach(Forget);
        }

        left.ForEach(End);
    }

    private void Expire(Attachment attachment)
    {
        lock (_lock)
        {
            if (attachment.Connection is not null || attachment.Expiry is null) return;
            Forget(attachment);
        }

        End(attachment);
    }

    private void Forget(Attachment attachment)
    {
        attachment.Expiry?.Dispose();
        attachment.Expiry = null;
        if (attachment.Id == 0) return;
        _held.Remove(attachment.Id);
        if (attachment is { Owns: true, Child: not null }) _over.Add(attachment.Id);
    }

    /// <summary>Nobody waits for it: a process of its own that still runs has nobody who would.</summary>
    private static void End(Attachment attachment)
    {
        if (attachment is { Owns: true, Child: { } child }) ProcessKiller.Kill(child);
        attachment.Release();
    }
}

using Atoll.Core.Faults;
using Microsoft.Extensions.Hosting;

namespace Atoll.Core.Lifetime;

/// <summary>
/// The server's end by its own will, where going on would do harm. It stops as if it were told to; whoever runs it reads <see cref="Reason"/> afterwards.
/// <para>Threads: any member at any time.</para>
/// </summary>
public sealed class ServerEnd(IHostApplicationLifetime lifetime)
{
    private Fault? _reason;

    /// <summary>Why it ends; null where nobody but its user wants it to.</summary>
    public Fault? Reason => Volatile.Read(ref _reason);

    /// <summary>The first reason stays.</summary>
    internal void Because(Fault reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null) lifetime.StopApplication();
    }
}

using System.Runtime.InteropServices;

namespace Atoll.Cli.Terminals;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP. Each cancels <see cref="Token"/>, unless it is a Ctrl-C that a command has taken for itself (to pass it on to a process in a sandbox).
/// The process is never ended by them directly, so that everything made so far is cleaned up and the terminal restored.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interrupts()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => On(context, 2)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => On(context, 15)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => On(context, 1)));
    }

    public CancellationToken Token => _cancel.Token;

    /// <summary>The signal that ended it; null while none has.</summary>
    public int? Number { get; private set; }

    /// <summary>Asked on a Ctrl-C first; true when it was dealt with.</summary>
    public Func<bool>? TakeCtrlC { get; set; }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _cancel.Dispose();
    }

    private void On(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (number == 2 && TakeCtrlC?.Invoke() == true) return;
        Number ??= number;
        _cancel.Cancel();
    }
}

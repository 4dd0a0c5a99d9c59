using Atoll.Cli.Native;

namespace Atoll.Cli.Terminals;

/// <summary>
/// The terminal on stdin in raw mode, for as long as this is held. The settings it had come back when it is disposed, and also when the process ends
/// in any way short of SIGKILL: signals only cancel (<see cref="Interrupts"/>), and an exit or a crash runs the process's exit handlers.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly Termios.Modes _before;
    private int _restored;

    private RawTerminal()
    {
        _before = Termios.Get(Descriptors.Stdin);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        Termios.Set(Descriptors.Stdin, Termios.Raw(_before));
    }

    /// <summary>Null when stdin is no terminal: there is nothing to make raw.</summary>
    public static RawTerminal? Enter() => Descriptors.IsTerminal(Descriptors.Stdin) ? new() : null;

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        Restore();
    }

    private void OnExit(object? sender, EventArgs e) => Restore();

    private void Restore()
    {
        if (Interlocked.Exchange(ref _restored, 1) != 0) return;
        try
        {
            Termios.Set(Descriptors.Stdin, _before);
        }
        catch (IOException)
        {
            // The terminal itself is gone (its window was closed): there is nothing left to restore.
            return;
        }
    }
}

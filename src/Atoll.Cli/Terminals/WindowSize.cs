using System.Runtime.InteropServices;
using Atoll.Cli.Native;
using Atoll.Client.Processes;

namespace Atoll.Cli.Terminals;

/// <summary>The size of the terminal we write to, and its changes.</summary>
internal static class WindowSize
{
    private static readonly TerminalDimensions Usual = new(80, 24);

    public static TerminalDimensions Now() =>
        (Termios.Size(Descriptors.Stdout) ?? Termios.Size(Descriptors.Stdin)) is var (columns, rows) ? new(Math.Min(columns, 4096), Math.Min(rows, 4096)) : Usual;

    /// <summary>Calls back on every SIGWINCH until disposed. The callback must not block.</summary>
    public static IDisposable OnChange(Action changed) => PosixSignalRegistration.Create(PosixSignal.SIGWINCH, context =>
    {
        context.Cancel = true;
        changed();
    });
}

namespace Atoll.Client.Processes;

internal sealed record ResizeTerminal(int Cols, int Rows);

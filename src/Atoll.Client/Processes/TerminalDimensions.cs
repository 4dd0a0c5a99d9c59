namespace Atoll.Client.Processes;

/// <summary>A terminal's size in characters.</summary>
public sealed record TerminalDimensions(int Cols, int Rows);

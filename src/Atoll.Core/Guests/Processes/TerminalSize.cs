namespace Atoll.Core.Guests.Processes;

/// <summary>A terminal's size in characters, each 1 to 4096.</summary>
public readonly record struct TerminalSize(int Columns, int Rows);

using System.Globalization;

namespace Atoll.Agent.Processes;

/// <summary>What of /proc/pid/stat we need (proc(5)). With the start time a pid names one process for good.</summary>
internal sealed record ProcessStat(int Pid, int Parent, int Session, ulong StartTicks)
{
    /// <summary><c>pid (name) state ppid pgrp session …</c>; the name may hold anything, so fields count from the last parenthesis. Null for what is no such line.</summary>
    public static ProcessStat? Parse(string line)
    {
        var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
        if (open < 1 || close < open) return null;
        var fields = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || !TryInt(line.AsSpan(0, open).Trim(), out var pid) || !TryInt(fields[1], out var parent) || !TryInt(fields[3], out var session)) return null;
        return ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? new ProcessStat(pid, parent, session, ticks) : null;
    }

    private static bool TryInt(ReadOnlySpan<char> text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}

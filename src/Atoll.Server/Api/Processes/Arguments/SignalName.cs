using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Processes.Arguments;

/// <summary>Signals by number (1 to 64) or by name, with or without <c>SIG</c>. The numbers are those of x86 and ARM (signal(7)).</summary>
internal static class SignalName
{
    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    public static Result<int> Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 64) return number;
        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        var found = name.Length == 0 ? -1 : Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return found > 0 ? found : HttpFaults.Invalid("signal", "must be a signal's name, such as SIGTERM, or its number from 1 to 64");
    }
}

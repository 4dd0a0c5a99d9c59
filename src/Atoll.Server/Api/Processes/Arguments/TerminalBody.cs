using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Processes.Arguments;

/// <summary>A terminal's size in characters, each 1 to 4096.</summary>
internal sealed record TerminalBody(int Cols, int Rows)
{
    private const int Most = 4096;

    public Result<TerminalSize> ToSize(string field = "")
    {
        var wrong = new Dictionary<string, string>();
        if (Cols is < 1 or > Most) wrong[field + "cols"] = "must be from 1 to 4096.";
        if (Rows is < 1 or > Most) wrong[field + "rows"] = "must be from 1 to 4096.";
        return HttpFaults.Of(FaultCode.InvalidRequest, wrong) is { } fault ? fault : new TerminalSize(Cols, Rows);
    }
}

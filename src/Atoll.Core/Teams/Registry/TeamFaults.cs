using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Registry;

internal static class TeamFaults
{
    public static Fault NoTeam { get; } = new(FaultCode.TeamNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such team.", "List the teams to see their ids and names.");

    public static Fault NoUser { get; } = new(FaultCode.TeamUserNotFound, FaultSide.Caller, FaultStage.Lookup, "Your team has no such user.", "List the team's users to see their ids and names.");

    /// <summary>Says what stands in the way, and how many of each. The last of them may have gone in this moment.</summary>
    public static Fault NotEmpty(TeamUse use, int exports = 0)
    {
        (string What, int Count)[] held = [("living sandboxes", use.Sandboxes), ("checkpoints", use.Checkpoints), ("volumes", use.Volumes), ("exports", exports)];
        var parts = string.Join(", ", held.Where(x => x.Count > 0).Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.What}: {x.Count}")));
        return parts.Length > 0
            ? new(FaultCode.TeamNotEmpty, FaultSide.Caller, FaultStage.Admission, $"The team is not empty ({parts}).", "Delete them first, with a key of the team.")
            : new(FaultCode.TeamNotEmpty, FaultSide.Caller, FaultStage.Admission, "The team was not empty a moment ago.", "Try again.");
    }

    public static Fault NameTaken(string what, string name) => new(
        FaultCode.NameTaken, FaultSide.Caller, FaultStage.Request, $"There is a {what} named '{name}' already.", "Choose another name.");

    public static Fault TooMany(string what, int most, string option) => new(
        FaultCode.QuotaExceeded, FaultSide.Caller, FaultStage.Admission, string.Create(CultureInfo.InvariantCulture, $"There are {most} {what}, and there may be no more."), $"Remove one, or raise {option}.");
}

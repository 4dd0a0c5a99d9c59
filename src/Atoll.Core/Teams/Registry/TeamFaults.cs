using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Registry;

internal static class TeamFaults
{
    public static Fault NoTeam { get; } = new(FaultCode.TeamNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such team.", "List the teams to see their ids and names.");

    public static Fault NoUser { get; } = new(FaultCode.TeamUserNotFound, FaultSide.Caller, FaultStage.Lookup, "Your team has no such user.", "List the team's users to see their ids and names.");

    public static Fault NotEmpty(TeamUse use) => new(
        FaultCode.TeamNotEmpty, FaultSide.Caller, FaultStage.Admission, string.Create(CultureInfo.InvariantCulture, $"{use.Sandboxes} sandboxes of the team live, and it has {use.Checkpoints} checkpoints."), "Delete them first.");

    public static Fault NameTaken(string what, string name) => new(
        FaultCode.NameTaken, FaultSide.Caller, FaultStage.Request, $"There is a {what} named '{name}' already.", "Choose another name.");

    public static Fault TooMany(string what, int most, string option) => new(
        FaultCode.QuotaExceeded, FaultSide.Caller, FaultStage.Admission, string.Create(CultureInfo.InvariantCulture, $"There are {most} {what}, and there may be no more."), $"Remove one, or raise {option}.");
}

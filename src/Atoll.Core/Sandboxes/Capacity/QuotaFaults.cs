using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>What a caller is told whose team has enough.</summary>
internal static class QuotaFaults
{
    public static Fault TeamGone { get; } = new(FaultCode.TeamNotFound, FaultSide.Caller, FaultStage.Admission, "The team of this key was removed.", "Use a key of a team that exists.");

    /// <param name="exceeded">Used, limit and request in words, by the quota's name.</param>
    public static Fault Exceeded(ImmutableDictionary<string, string> exceeded) => new(
        FaultCode.QuotaExceeded,
        FaultSide.Caller,
        FaultStage.Admission,
        "The team's quota is used up: " + string.Join(" ", exceeded.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => $"{x.Key}: {x.Value}")),
        "Delete a sandbox, ask for less, or have an operator raise the quota (atoll quota set).")
    {
        Fields = exceeded,
    };

    public static Fault TooManyCheckpoints(int most) => new(
        FaultCode.QuotaExceeded, FaultSide.Caller, FaultStage.Admission,
        string.Create(CultureInfo.InvariantCulture, $"The team has {most} checkpoints, which is the most it may have."), "Delete some, or raise Checkpoints:MostPerTeam.");

    public static Fault TooManyVolumes(int most) => new(
        FaultCode.QuotaExceeded, FaultSide.Caller, FaultStage.Admission,
        string.Create(CultureInfo.InvariantCulture, $"The team has {most} volumes, which is the most it may have."), "Delete some, or raise Volumes:MostPerTeam.");

    public static Fault TooFast(int perMinute, int seconds)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{perMinute} creations a minute are allowed, and they are used up.");
        return new(
            FaultCode.QuotaExceeded,
            FaultSide.Caller,
            FaultStage.Admission,
            "The team's quota is used up: createsPerMinute: " + text,
            string.Create(CultureInfo.InvariantCulture, $"Try again in {seconds} s, or have an operator raise the quota (atoll quota set)."))
        {
            Fields = ImmutableDictionary<string, string>.Empty.Add("createsPerMinute", text),
            RetryAfterSeconds = seconds,
        };
    }
}

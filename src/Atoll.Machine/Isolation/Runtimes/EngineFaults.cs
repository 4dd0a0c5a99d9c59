using Atoll.Core.Faults;

namespace Atoll.Machine.Isolation.Runtimes;

internal static class EngineFaults
{
    public static Fault NotInstalled(string program, string hint) => Unavailable($"'{program}' is not on this host.", hint);

    public static Fault Broken(string summary) => Unavailable($"The runtime does not work here: {summary}", null);

    public static Fault Unavailable(string detail, string? hint) => new(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation, detail, hint);
}

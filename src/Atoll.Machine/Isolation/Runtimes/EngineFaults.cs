using Atoll.Core.Faults;

namespace Atoll.Machine.Isolation.Runtimes;

internal static class EngineFaults
{
    public static Fault NotInstalled(string program, string hint) => Unavailable($"'{program}' is not on this host.", hint);

    /// <summary>It was there when the server started.</summary>
    public static Fault Gone(string program) => Unavailable(
        $"'{program}', which starts these sandboxes, is no longer on this host or may not be executed.", "Install it again, or choose another isolation. Sandboxes that run go on.");

    public static Fault Broken(string summary) => Unavailable($"The runtime does not work here: {summary}", null);

    public static Fault Unavailable(string detail, string? hint) => new(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation, detail, hint);
}

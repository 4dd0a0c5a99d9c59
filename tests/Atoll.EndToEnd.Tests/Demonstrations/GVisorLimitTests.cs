namespace Atoll.EndToEnd.Tests.Demonstrations;

public sealed class GVisorLimitTests(SharedServer server) : LimitSuite(server)
{
    protected override string Isolation => "gvisor";

    /// <summary>20240729, seen twice in some hundred floods on a busy host.</summary>
    protected override string KernelFault => "trying to use inactive address space";

    // gVisor's own threads and its stub processes come on top of what runs inside: RunscEngine.HostTasks.
    protected override int MostTasks => (4 * 32) + 256;
}

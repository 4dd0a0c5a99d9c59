namespace Atoll.EndToEnd.Tests.Demonstrations;

public sealed class GVisorLimitTests(SharedServer server) : LimitSuite(server)
{
    protected override string Isolation => "gvisor";

    // gVisor's own threads and its stub processes come on top of what runs inside: RunscEngine.HostTasks.
    protected override int MostTasks => (8 * 32) + 1024;
}

namespace Atoll.EndToEnd.Tests.Demonstrations;

public sealed class GVisorLimitTests(SharedServer server) : LimitSuite(server)
{
    protected override string Isolation => "gvisor";

    // gVisor's own threads and its stub processes come on top of what runs inside.
    protected override int MostTasks => 32 * 4 + 1000;
}

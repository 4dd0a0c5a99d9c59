namespace Atoll.EndToEnd.Tests.Demonstrations;

public sealed class ContainerLimitTests(SharedServer server) : LimitSuite(server)
{
    protected override string Isolation => "container";

    protected override int MostTasks => 32 + 64;
}

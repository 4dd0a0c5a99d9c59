namespace Atoll.EndToEnd.Tests.Routes;

public sealed class ContainerRouteTests(SharedServer server, SharedSandbox shared) : RouteSuite(server, shared)
{
    protected override string Isolation => "container";

    protected override string Runtime => "runc";
}

namespace Atoll.EndToEnd.Tests.Routes;

public sealed class GVisorRouteTests(SharedServer server, SharedSandbox shared) : RouteSuite(server, shared)
{
    protected override string Isolation => "gvisor";

    protected override string Runtime => "runsc";
}

using Atoll.EndToEnd.Tests.Routes;

namespace Atoll.EndToEnd.Tests.Links;

public sealed class GVisorLinkTests(SharedServer server, SharedSandbox shared) : LinkSuite(server, shared)
{
    protected override string Isolation => "gvisor";

    protected override string Runtime => "runsc";
}

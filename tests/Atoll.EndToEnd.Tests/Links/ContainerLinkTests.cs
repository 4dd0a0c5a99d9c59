using Atoll.EndToEnd.Tests.Routes;

namespace Atoll.EndToEnd.Tests.Links;

public sealed class ContainerLinkTests(SharedServer server, SharedSandbox shared) : LinkSuite(server, shared)
{
    protected override string Isolation => "container";

    protected override string Runtime => "runc";
}

using Atoll.EndToEnd.Tests.Code;

namespace Atoll.EndToEnd.Tests.Ports;

public sealed class ContainerPortTests(CodeServer server, PortSandbox shared) : PortSuite(server, shared, "container", "runc"), IClassFixture<PortSandbox>;

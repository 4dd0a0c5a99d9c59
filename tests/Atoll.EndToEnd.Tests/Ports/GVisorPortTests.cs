using Atoll.EndToEnd.Tests.Code;

namespace Atoll.EndToEnd.Tests.Ports;

public sealed class GVisorPortTests(CodeServer server, PortSandbox shared) : PortSuite(server, shared, "gvisor", "runsc"), IClassFixture<PortSandbox>;

using Atoll.EndToEnd.Tests.Code;

namespace Atoll.EndToEnd.Tests.Packages;

public sealed class ContainerPackageTests(CodeServer server, PackageSandbox shared) : PackageSuite(server, shared, "container"), IClassFixture<PackageSandbox>;

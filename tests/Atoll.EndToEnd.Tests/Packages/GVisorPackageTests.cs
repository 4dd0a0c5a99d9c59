using Atoll.EndToEnd.Tests.Code;

namespace Atoll.EndToEnd.Tests.Packages;

public sealed class GVisorPackageTests(CodeServer server, PackageSandbox shared) : PackageSuite(server, shared, "gvisor"), IClassFixture<PackageSandbox>;

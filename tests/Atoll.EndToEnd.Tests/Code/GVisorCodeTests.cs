namespace Atoll.EndToEnd.Tests.Code;

public sealed class GVisorCodeTests(CodeServer server, CodeSandbox shared) : CodeSuite(server, shared)
{
    protected override string Isolation => "gvisor";

    protected override string Runtime => "runsc";
}

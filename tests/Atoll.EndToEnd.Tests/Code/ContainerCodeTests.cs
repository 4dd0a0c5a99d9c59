namespace Atoll.EndToEnd.Tests.Code;

public sealed class ContainerCodeTests(CodeServer server, CodeSandbox shared) : CodeSuite(server, shared)
{
    protected override string Isolation => "container";

    protected override string Runtime => "runc";
}

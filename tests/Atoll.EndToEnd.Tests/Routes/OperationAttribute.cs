using System.Reflection;
using Xunit.v3;

namespace Atoll.EndToEnd.Tests.Routes;

/// <summary>Says which operations of docs/openapi.json a test is about; a test that then does not call one of them fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperationAttribute(params string[] ids) : BeforeAfterTestAttribute
{
    public IReadOnlyList<string> Ids => ids;

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        // A test that has failed or was skipped before its call says so by itself.
        if (TestContext.Current.TestState?.Result is not TestResult.Passed) return;
        Assert.All(ids, id => Assert.True(Operations.WasCalledBy(test.UniqueID, id), $"{methodUnderTest.Name} says that it is about {id}, but never called it"));
    }
}

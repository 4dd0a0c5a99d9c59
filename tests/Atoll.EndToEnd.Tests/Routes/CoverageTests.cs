using System.Reflection;

namespace Atoll.EndToEnd.Tests.Routes;

public sealed class CoverageTests
{
    [Fact]
    public void Operations_OfTheApiDocument_EachHasATestAgainstARealSandbox()
    {
        var tested = typeof(CoverageTests).Assembly.GetTypes().Where(type => !type.IsAbstract)
            .SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttribute<OperationAttribute>()?.Ids ?? []).ToHashSet();
        Assert.Empty(Operations.All.Except(tested));
        Assert.Empty(tested.Except(Operations.All));
    }
}

using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Tests;

public sealed class FaultStatusTests
{
    [Fact]
    public void EveryFault_HasTheStatusClientsRelyOn()
    {
        var table = string.Concat(Enum.GetValues<FaultCode>().Select(code => $"{FaultStatus.CodeOf(code)} {FaultStatus.Of(code)}\n"));
        var golden = Path.Combine(AppContext.BaseDirectory, "fault-status.txt");
        Assert.Equal(File.ReadAllText(golden), table);
    }
}

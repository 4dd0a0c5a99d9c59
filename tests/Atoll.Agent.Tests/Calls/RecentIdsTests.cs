using Atoll.Agent.Calls;

namespace Atoll.Agent.Tests.Calls;

public sealed class RecentIdsTests
{
    [Fact]
    public void MayHold_NewestOlderAndNeverSeen_SaysWhatIsKnown()
    {
        var ids = new RecentIds(100);
        for (ulong id = 1; id <= 1000; id++)
        {
            Assert.False(ids.MayHold(id));
            ids.Add(id);
            Assert.True(ids.MayHold(id));
        }

        for (ulong id = 1; id <= 1000; id++) Assert.True(ids.MayHold(id));
        Assert.False(ids.MayHold(1001));
    }
}

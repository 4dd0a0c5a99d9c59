using Atoll.Machine.Sandboxes;

namespace Atoll.Machine.Tests.Sandboxes;

public sealed class MemoryReserveTests
{
    [Fact]
    public void Take_MoreThanThereIs_IsRefusedUntilSomeIsGivenBack()
    {
        var reserve = new MemoryReserve();
        Assert.True(reserve.TryTake(MemoryReserve.Most));
        Assert.False(reserve.TryTake(1));
        reserve.GiveBack(1);
        Assert.True(reserve.TryTake(1));
        Assert.False(reserve.TryTake(1));
    }
}

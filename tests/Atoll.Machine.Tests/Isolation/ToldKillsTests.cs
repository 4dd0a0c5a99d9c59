using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Watching;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Machine.Tests.Isolation;

public sealed class ToldKillsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SandboxId _id = SandboxId.New();
    private readonly ToldKills _kills;

    public ToldKillsTests() => _kills = new(_time);

    [Fact]
    public void MayHaveEnded_Untold_ByAnyKill()
    {
        Assert.False(_kills.MayHaveEnded(_id, 0));
        Assert.True(_kills.MayHaveEnded(_id, 1));
        _kills.Begin(_id, 1);
        Assert.False(_kills.MayHaveEnded(_id, 1));
        Assert.True(_kills.MayHaveEnded(_id, 2));
        _kills.Forget(_id);
        Assert.True(_kills.MayHaveEnded(_id, 1));
    }

    [Fact]
    public void MayHaveEnded_LongAfterTheLastKill_NoMore()
    {
        _kills.Begin(_id, 0);
        Assert.True(_kills.Note(_id, 3));
        Assert.False(_kills.Note(_id, 3));
        Assert.True(_kills.MayHaveEnded(_id, 3));

        // Watched anew, after its limits have changed.
        _kills.Begin(_id, 3);
        Assert.True(_kills.MayHaveEnded(_id, 3));
        _time.Advance(ToldKills.Around);
        Assert.False(_kills.MayHaveEnded(_id, 3));
        Assert.True(_kills.MayHaveEnded(_id, 4));
    }
}

using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tests.Fakes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public abstract class ListTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ThousandSandboxes_PagesFiltersAndEndedOnes()
    {
        await using var core = await StartAsync();
        for (var i = 0; i < 1000; i++)
        {
            if (i % 10 == 0) core.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await core.CreateAsync(new() { Name = $"n{i}", Metadata = ImmutableDictionary<string, string>.Empty.Add("tenth", $"{i % 10}"), TimeoutSeconds = 0 });
        }

        var all = Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything, Cancellation));
        Assert.Equal((1000, null), (all.Items.Count, all.NextCursor));
        Assert.Equal(all.Items.OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id.Value, StringComparer.Ordinal), all.Items);
        Assert.Equal(all.Items, await PagesAsync(core, LifecycleTests.Everything with { Limit = 7 }));
        var tenth = LifecycleTests.Everything with { Metadata = ImmutableDictionary<string, string>.Empty.Add("tenth", "3") };
        Assert.Equal(100, Expect(await core.Sandboxes.ListAsync(Team, tenth, Cancellation)).Items.Count);
        Assert.Equal("n42", Assert.Single(Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { Name = "n42" }, Cancellation)).Items).Spec.Name);

        foreach (var sandbox in all.Items.Take(500)) Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        var both = LifecycleTests.Everything with { States = [SandboxState.Running, SandboxState.Deleted], Limit = 64 };
        Assert.Equal(all.Items.Select(x => x.Id), (await PagesAsync(core, both)).Select(x => x.Id));
        Assert.Equal(500, (await PagesAsync(core, both with { States = [SandboxState.Deleted] })).Count);
        Assert.Equal(50, (await PagesAsync(core, tenth with { States = [SandboxState.Deleted], Limit = 9 })).Count);
    }

    [Fact]
    public async Task List_WrongLimitCursorState_AllNamed()
    {
        await using var core = await StartAsync();

        var fault = ExpectFault(
            await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { Limit = 0, Cursor = "…", States = [(SandboxState)9] }, Cancellation), FaultCode.InvalidRequest);

        Assert.Equal(["cursor", "limit", "state"], fault.Fields.Keys.Order());
        foreach (var cursor in new[] { "", "AAAA", "A", new string('A', 5000), Convert.ToBase64String("9999999999999999999.s00000000000000000000"u8) })
        {
            ExpectFault(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { Cursor = cursor }, Cancellation), FaultCode.InvalidRequest);
        }
    }

    [Fact]
    public async Task Usage_SampledAndRightAfterCreate_OldestFirst()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();

        Assert.Single(Expect(await core.Sandboxes.UsageAsync(Team, sandbox.Id.Value, null, null, Cancellation)));
        await core.AdvanceUntilAsync(
            "it was sampled four times", TimeSpan.FromSeconds(5), () => core.Machine.Calls.Count(x => x == $"measure {sandbox.Id}") >= 4);

        var samples = Expect(await core.Sandboxes.UsageAsync(Team, sandbox.Id.Value, null, null, Cancellation));
        Assert.Equal(samples.OrderBy(x => x.At), samples);
        Assert.Equal(samples.Skip(1).Take(2), Expect(await core.Sandboxes.UsageAsync(Team, sandbox.Id.Value, samples[1].At, samples[2].At, Cancellation)).Take(2));
    }

    private static async Task<List<Sandbox>> PagesAsync(TestCore core, SandboxQuery query)
    {
        List<Sandbox> found = [];
        do
        {
            var page = Expect(await core.Sandboxes.ListAsync(Team, query, Cancellation));
            Assert.True(page.Items.Count <= query.Limit);
            found.AddRange(page.Items);
            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);
        return found;
    }
}

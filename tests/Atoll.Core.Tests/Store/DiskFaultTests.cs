using System.Collections.Immutable;
using System.Diagnostics;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Tests.Sandboxes;
using Atoll.Testing;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Store;

/// <summary>SQLite on a disk that fails it, and beside a process that has it locked.</summary>
public sealed class DiskFaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_DiskFull_FaultThatSaysSoNothingStartedAndGoesOnWhenThereIsRoom()
    {
        using TinyDisk disk = new(4);
        await using var core = await StartAsync(store => store.ConnectionString = $"Data Source={disk.Folder}/atoll.db");
        var before = await core.CreateAsync(new() { Name = "web", TimeoutSeconds = 0 });
        disk.Fill();

        // Large enough that no page at hand holds it.
        Faults.Fault? fault = null;
        for (var i = 0; i < 20 && fault is null; i++) fault = (await core.Sandboxes.CreateAsync(Team, new() { Env = ImmutableDictionary<string, string>.Empty.Add("A", new('x', 120_000)) }, null, true, Cancellation)).Fault;

        Assert.Equal(FaultCode.StoreUnavailable, Assert.IsType<Fault>(fault).Code);
        Assert.Contains("full", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(core.Machine.Live.Count, Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything, Cancellation)).Items.Count);
        Expect(core.Sandboxes.Use(Team, "web")).Dispose();

        disk.Free();
        await core.CreateAsync(new() { Name = "after" });
        Expect(await core.Sandboxes.DeleteAsync(Team, before.Id.Value, Cancellation));
    }

    [Fact]
    public async Task Start_DiskReadOnly_SaysSo()
    {
        using TinyDisk disk = new(4);
        await using var core = await StartAsync(store => store.ConnectionString = $"Data Source={disk.Folder}/atoll.db");
        await core.StopHostAsync();
        disk.MakeReadOnly();

        var failure = await Assert.ThrowsAsync<MachineUnavailableException>(core.StartHostAsync);

        Assert.Equal(FaultCode.StoreUnavailable, failure.Fault.Code);
    }

    [Fact]
    public async Task Create_LockedByAnotherProcess_RefusedAfterTheWaitAndWorksWhenItIsGone()
    {
        Requires.Tool("python3");
        await using var core = await StartAsync(store => store.BusyTimeoutSeconds = 1);
        await core.CreateAsync(new() { Name = "web" });
        using var other = Process.Start(new ProcessStartInfo("python3", ["-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()", core.DatabasePath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync(Cancellation));

        var refused = ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, "key-1", true, Cancellation), FaultCode.StoreUnavailable);
        Assert.NotNull(refused.Hint);
        Expect(core.Sandboxes.Use(Team, "web")).Dispose();
        Assert.Single(core.Machine.Live);

        other.StandardInput.Close();
        await other.WaitForExitAsync(Cancellation);
        Expect(await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, "key-1", true, Cancellation));
        Assert.Equal(2, core.Machine.Live.Count);
    }
}

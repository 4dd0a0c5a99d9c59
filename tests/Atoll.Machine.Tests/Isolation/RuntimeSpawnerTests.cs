using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Runtimes;
using Atoll.Testing;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Tests.Isolation;

public sealed class RuntimeSpawnerTests
{
    /// <summary>
    /// A thread is born in the namespaces of the one that makes it, and the pool makes one where work is queued that nobody is free for. One that saw a start's mounts found the guest's folder
    /// read-only for as long as it lived.
    /// </summary>
    [Fact]
    public async Task Run_WithAViewOfItsOwn_LeavesThePoolsThreadsWhereTheyWere()
    {
        Requires.Root();
        using var scratch = new Scratch();
        using var moves = new CgroupMoves(CgroupMounts.Read());
        using var spawner = new RuntimeSpawner(moves, Options.Create(new Machine.Isolation.IsolationOptions()), TimeProvider.System);
        using var release = new ManualResetEventSlim();
        ConcurrentBag<Task<Result<int>>> runs = [];
        ThreadPool.GetMinThreads(out var least, out var ports);
        ThreadPool.SetMinThreads(ThreadPool.ThreadCount + 64, ports);
        try
        {
            // Every thread of the pool is busy, and it may have more: whatever is queued next makes one.
            var busy = Enumerable.Range(0, ThreadPool.ThreadCount + 16).Select(_ => Task.Run(release.Wait)).ToArray();
            var begun = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                // Begun on the pool, as the server does, where nobody else takes up what comes after; and what began it stays busy.
                var run = spawner.RunAsync(["/bin/true"], new HostView(null, scratch.Folder), TimeSpan.FromSeconds(30), CancellationToken.None);
                runs.Add(run);
                release.Wait();
            })).ToArray();

            // Not by waiting on the pool, whose threads would then be at hand.
            Assert.True(SpinWait.SpinUntil(() => runs.Count == begun.Length && runs.All(run => run.IsCompleted), TimeSpan.FromSeconds(60)), "not all runs ended within 60 s");
            release.Set();
            await Task.WhenAll([.. busy, .. begun]);
            foreach (var run in runs) Assert.Equal(0, (await run).Value);

            var own = new FileInfo("/proc/self/ns/mnt").LinkTarget;
            var pool = Directory.GetDirectories("/proc/self/task").Where(task => Name(task) == ".NET TP Worker").ToArray();
            Assert.NotEmpty(pool);
            Assert.DoesNotContain(pool, task => new FileInfo(task + "/ns/mnt").LinkTarget is { } other && other != own);
        }
        finally
        {
            release.Set();
            ThreadPool.SetMinThreads(least, ports);
        }
    }

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(task + "/comm").Trim();
        }
        catch (IOException)
        {
            return ""; // It has ended.
        }
    }
}

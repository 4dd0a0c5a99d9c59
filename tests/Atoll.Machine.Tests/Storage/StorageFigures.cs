using System.Diagnostics;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Machine.Storage.Overlay;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Storage;

/// <summary>Measures, and asserts only that it works: run by name, on a quiet machine (<c>-explicit only</c>).</summary>
public sealed class StorageFigures(ITestOutputHelper output)
{
    private const int Files = 10_000;
    private const int Clones = 100;

    [Theory(Explicit = true)]
    [InlineData("btrfs")]
    [InlineData("overlay")]
    public async Task Clone_OfTenThousandFiles_TakesThisLong(string kind)
    {
        Requires.Root();
        await using var harness = new StorageHarness(
            (machine, options) => kind == "btrfs"
                ? new BtrfsStorage(machine, options, TimeProvider.System, NullLogger<BtrfsStorage>.Instance)
                : new OverlayStorage(machine, options, TimeProvider.System),
            new StorageOptions { InitialBytes = 4L << 30, ReserveBytes = 64 << 20 });
        await harness.OpenAsync();
        await harness.TemplateAsync("base", root =>
        {
            for (var file = 0; file < Files; file++) File.WriteAllText(Path.Combine(root, $"f{file}"), new string('x', 5000));
        });

        var ids = Enumerable.Range(0, Clones).Select(_ => SandboxId.New()).ToList();
        var cloned = await TimesAsync(ids, async id => StorageHarness.Value(await harness.Storage.CloneAsync("base", id, 64 << 20, StorageHarness.Cancellation)));
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => harness.Storage.CloneAsync("base", SandboxId.New(), 64 << 20, StorageHarness.Cancellation)));
        var together = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var deleted = await TimesAsync(ids, async id => StorageHarness.Value(await harness.Storage.DeleteAsync(id, StorageHarness.Cancellation)));
        output.WriteLine($"{kind}: clone p50 {cloned[Clones / 2]:0.00} ms p95 {cloned[Clones * 95 / 100]:0.00} ms; 50 at once {together:0} ms; delete p50 {deleted[Clones / 2]:0.00} ms");
    }

    private static async Task<List<double>> TimesAsync(IEnumerable<SandboxId> ids, Func<SandboxId, Task> work)
    {
        List<double> times = [];
        foreach (var id in ids)
        {
            var started = Stopwatch.GetTimestamp();
            await work(id);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }
}

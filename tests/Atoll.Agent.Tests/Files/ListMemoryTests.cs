namespace Atoll.Agent.Tests.Files;

/// <summary>What lists take of the agent's memory. Alone: the figure is the whole process's, other tests' included.</summary>
[Collection(nameof(ListMemoryTests))]
[CollectionDefinition(nameof(ListMemoryTests), DisableParallelization = true)]
public sealed class ListMemoryTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListAndRemove_HundredThousandFiles_StreamInBoundedMemory()
    {
        const int Count = 100_000;
        var folder = host.PutDirectory("many");
        for (var i = 0; i < Count; i++) File.OpenHandle($"{folder}/file-{i}", FileMode.CreateNew, FileAccess.Write).Dispose();
        GC.Collect();
        long seen = 0, before = GC.GetTotalMemory(true), most = 0;
        await foreach (var entry in FilesHost.Succeeds(await host.Files.ListAsync(folder, 1, null, Cancellation)))
        {
            if (++seen % 20_000 == 0) most = Math.Max(most, GC.GetTotalMemory(true) - before);
        }

        Assert.Equal(Count, seen);
        Assert.InRange(most, 0, 16 * 1024 * 1024);
        FilesHost.Succeeds(await host.Files.RemoveAsync(folder, true, Cancellation));
        Assert.False(Directory.Exists(folder));
    }
}

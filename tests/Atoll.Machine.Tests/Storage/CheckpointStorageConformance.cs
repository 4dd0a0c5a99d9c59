using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

/// <summary>What every <see cref="ICheckpointStorage"/> must do, on a real one; one without snapshots must say so to each of it.</summary>
public abstract class CheckpointStorageConformance : IAsyncLifetime
{
    private const long Mebi = 1L << 20;
    private const long Disk = 32 * Mebi;
    private const int Many = 1000;
    private StorageHarness _harness = null!;

    /// <summary>Without, <see cref="Everything_WithoutSnapshots_IsNotSupported"/> is all that it has to do.</summary>
    private protected abstract bool HasSnapshots { get; }

    private ICheckpointStorage Checkpoints => _harness.Storage.Checkpoints;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract ISandboxStorage Make(MachineOptions machine, StorageOptions options);

    private protected abstract void Prepare();

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Prepare();
        _harness = new StorageHarness(Make, new() { InitialBytes = 512 * Mebi, ReserveBytes = 16 * Mebi });
        await _harness.OpenAsync();
        await _harness.TemplateAsync("base");
    }

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null) await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Everything_WithoutSnapshots_IsNotSupported()
    {
        if (HasSnapshots) return;
        var (id, _) = await CloneAsync();
        var saved = CheckpointId.New();
        Assert.All(
            new[]
            {
                (await Checkpoints.FlushAsync(id, Cancellation)).Fault, (await Checkpoints.IsUnchangedAsync(id, saved, Cancellation)).Fault, (await Checkpoints.SaveAsync(id, saved, Cancellation)).Fault,
                (await Checkpoints.CloneAsync(saved, id, Disk, Cancellation)).Fault, (await Checkpoints.StageAsync(saved, id, Disk, Cancellation)).Fault, (await Checkpoints.ReplaceAsync(id, Cancellation)).Fault,
                (await Checkpoints.CompareAsync(saved, id, 10, Cancellation)).Fault, (await Checkpoints.CompareAsync(saved, saved, 10, Cancellation)).Fault,
            },
            fault => Assert.Equal(FaultCode.NotSupported, fault?.Code));
        Assert.Null((await Checkpoints.DeleteAsync(saved, Cancellation)).Fault);
        Assert.Empty(await Checkpoints.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Save_ThenWritten_StaysAsItWasAndIsThereAfterACrash()
    {
        if (!HasSnapshots) return;
        var (id, root) = await CloneAsync();
        await File.WriteAllTextAsync(Path.Combine(root, "state"), "saved", Cancellation);
        var saved = await SaveAsync(id);
        await File.WriteAllTextAsync(Path.Combine(root, "state"), "later", Cancellation);
        await _harness.ReopenAsync();

        Assert.Equal([saved], await Checkpoints.ListAsync(Cancellation));
        var other = SandboxId.New();
        var clone = StorageHarness.Value(await Checkpoints.CloneAsync(saved, other, Disk, Cancellation));
        Assert.Equal("saved", await File.ReadAllTextAsync(Path.Combine(clone, "state"), Cancellation));
        Assert.Throws<IOException>(() => Fill(clone, 2 * Disk));
        Assert.Null((await Checkpoints.DeleteAsync(saved, Cancellation)).Fault);
        Assert.Null((await Checkpoints.DeleteAsync(saved, Cancellation)).Fault);
        Assert.Equal("saved", await File.ReadAllTextAsync(Path.Combine(clone, "state"), Cancellation));
        Assert.Equal(FaultCode.CheckpointNotFound, (await Checkpoints.CloneAsync(saved, SandboxId.New(), Disk, Cancellation)).Fault?.Code);
        Assert.Empty(await Checkpoints.ListAsync(Cancellation));
    }

    [Fact]
    public async Task IsUnchanged_ByGenerations_TellsEveryKindOfChange()
    {
        if (!HasSnapshots) return;
        var (id, root) = await CloneAsync();
        var file = Path.Combine(root, "state");
        await File.WriteAllTextAsync(file, "saved", Cancellation);
        var saved = await SaveAsync(id);
        Assert.True(await UnchangedAsync(id, saved));
        _ = await File.ReadAllTextAsync(file, Cancellation);
        Assert.True(await UnchangedAsync(id, saved));
        foreach (var change in (Action[])[() => File.WriteAllText(file, "saveD"), () => File.SetUnixFileMode(file, UnixFileMode.UserRead), () => File.Move(file, file + "2"), () => File.Delete(file + "2"), () => Directory.CreateDirectory(file)])
        {
            saved = await SaveAsync(id);
            Assert.True(await UnchangedAsync(id, saved));
            change();
            Assert.False(await UnchangedAsync(id, saved));
        }

        var fork = SandboxId.New();
        var clone = StorageHarness.Value(await Checkpoints.CloneAsync(saved, fork, Disk, Cancellation));
        Assert.True(await UnchangedAsync(fork, saved));
        await File.WriteAllTextAsync(Path.Combine(clone, "more"), "x", Cancellation);
        Assert.False(await UnchangedAsync(fork, saved));
        Assert.False(await UnchangedAsync(fork, CheckpointId.New()));
    }

    [Fact]
    public async Task Replace_Staged_IsTheSavedOneAndNothingIsLeft()
    {
        if (!HasSnapshots) return;
        var (id, root) = await CloneAsync();
        await File.WriteAllTextAsync(Path.Combine(root, "state"), "saved", Cancellation);
        var saved = await SaveAsync(id);
        await File.WriteAllTextAsync(Path.Combine(root, "state"), "later", Cancellation);
        Assert.Null((await Checkpoints.StageAsync(saved, id, Disk, Cancellation)).Fault);

        // A server that died here begins anew.
        await _harness.ReopenAsync();
        Assert.Null((await Checkpoints.StageAsync(saved, id, Disk, Cancellation)).Fault);
        Assert.Null((await Checkpoints.SweepAsync(Cancellation)).Fault);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_harness.Pool, "staged")));
        Assert.Null((await Checkpoints.StageAsync(saved, id, Disk, Cancellation)).Fault);
        Assert.Equal(root, StorageHarness.Value(await Checkpoints.ReplaceAsync(id, Cancellation)));

        Assert.Equal("saved", await File.ReadAllTextAsync(Path.Combine(root, "state"), Cancellation));
        Assert.True(await UnchangedAsync(id, saved));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_harness.Pool, "staged")));
        Assert.Throws<IOException>(() => Fill(root, 2 * Disk));
    }

    [Fact]
    public async Task Compare_EveryKindOfChange_NamesItOnce()
    {
        if (!HasSnapshots) return;
        var (id, root) = await CloneAsync();
        string At(string path) => Path.Combine(root, path);
        foreach (var folder in (string[])["a/b", "swap1", "swap2", "goes"]) Directory.CreateDirectory(At(folder));
        foreach (var file in (string[])["kept", "grows", "same-size", "mode", "becomes-folder", "a/one", "a/b/two", "swap1/s", "swap2/s", "goes/g", "moves"]) await File.WriteAllTextAsync(At(file), file, Cancellation);
        for (var i = 0; i < Many; i++) await File.WriteAllTextAsync(At($"a/b/{i}"), "x", Cancellation);
        var from = await SaveAsync(id);
        await File.AppendAllTextAsync(At("grows"), "!", Cancellation);
        var times = File.GetLastWriteTimeUtc(At("same-size"));
        await File.WriteAllTextAsync(At("same-size"), "SAME-SIZE", Cancellation);
        File.SetLastWriteTimeUtc(At("same-size"), times);
        File.SetUnixFileMode(At("mode"), UnixFileMode.UserRead);
        File.Delete(At("becomes-folder"));
        Directory.CreateDirectory(At("becomes-folder"));
        Directory.Delete(At("goes"), recursive: true);
        File.Move(At("moves"), At("moved"));
        Directory.Move(At("swap1"), At("swap"));
        Directory.Move(At("swap2"), At("swap1"));
        Directory.Move(At("swap"), At("swap2"));
        await File.WriteAllTextAsync(At("a/one"), "other", Cancellation);
        File.CreateSymbolicLink(At("link"), "/etc/passwd");
        Directory.CreateDirectory(At("new"));
        await File.WriteAllTextAsync(At("new/n"), "n", Cancellation);
        await File.WriteAllTextAsync(At("o257-12-0"), "no passing name", Cancellation);
        var to = await SaveAsync(id);

        var diff = StorageHarness.Value(await Checkpoints.CompareAsync(from, to, 100, Cancellation));
        Assert.Equal(["/becomes-folder", "/link", "/moved", "/new", "/new/n", "/o257-12-0"], diff.Added.Select(x => x.Path));
        Assert.Equal(["/becomes-folder", "/goes", "/goes/g", "/moves"], diff.Removed.Select(x => x.Path));
        Assert.Equal(["/a/one", "/grows", "/mode", "/same-size"], diff.Changed.Select(x => x.Path).Where(path => !path.StartsWith("/swap", StringComparison.Ordinal)));
        Assert.Equal((6, 5L), ((int)diff.Changed.Single(x => x.Path == "/grows").SizeBytes, diff.Changed.Single(x => x.Path == "/grows").SizeBefore));
        Assert.Equal(DiskEntryKind.Symlink, diff.Added.Single(x => x.Path == "/link").Kind);
        Assert.False(diff.Truncated);

        var back = StorageHarness.Value(await Checkpoints.CompareAsync(to, from, 100, Cancellation));
        Assert.Equal(diff.Added.Select(x => x.Path), back.Removed.Select(x => x.Path));
        Assert.Equal(diff.Removed.Select(x => x.Path), back.Added.Select(x => x.Path));
        Assert.Equal(default, StorageHarness.Value(await Checkpoints.CompareAsync(to, to, 100, Cancellation)).Added.FirstOrDefault());
        Directory.Move(At("a"), At("z"));
        var now = StorageHarness.Value(await Checkpoints.CompareAsync(to, id, 100_000, Cancellation));
        Assert.Equal((Many + 4, Many + 4), (now.Added.Length, now.Removed.Length));
        Assert.True(StorageHarness.Value(await Checkpoints.CompareAsync(to, id, 5, Cancellation)).Truncated);
        Assert.Equal([from, to], (await Checkpoints.ListAsync(Cancellation)).OrderBy(x => x == to));
        Assert.Equal(2, Directory.GetFileSystemEntries(Path.Combine(_harness.Pool, "checkpoints")).Length);
    }

    private async Task<(SandboxId Id, string Root)> CloneAsync()
    {
        var id = SandboxId.New();
        return (id, StorageHarness.Value(await _harness.Storage.CloneAsync("base", id, Disk, Cancellation)));
    }

    private async Task<CheckpointId> SaveAsync(SandboxId id)
    {
        var saved = CheckpointId.New();
        Assert.Null((await Checkpoints.FlushAsync(id, Cancellation)).Fault);
        Assert.Null((await Checkpoints.SaveAsync(id, saved, Cancellation)).Fault);
        return saved;
    }

    private async Task<bool> UnchangedAsync(SandboxId id, CheckpointId since) => StorageHarness.Value(await Checkpoints.IsUnchangedAsync(id, since, Cancellation));

    private static void Fill(string root, long bytes)
    {
        var noise = new byte[Mebi];
        new Random(1).NextBytes(noise);
        using var file = File.Create(Path.Combine(root, "fill"));
        for (long written = 0; written < bytes; written += noise.Length) file.Write(noise);
        FileCall.SyncFilesystem(root);
    }
}

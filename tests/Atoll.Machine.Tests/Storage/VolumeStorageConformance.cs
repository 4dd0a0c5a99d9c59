using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

/// <summary>What every <see cref="IVolumeStorage"/> must do, on a real one; what it cannot do, it must say.</summary>
public abstract class VolumeStorageConformance : IAsyncLifetime
{
    private const long Mebi = 1L << 20;
    private StorageHarness _harness = null!;

    /// <summary>Whether it has quotas, snapshots and clones.</summary>
    private protected abstract bool Complete { get; }

    private IVolumeStorage Volumes => _harness.Storage.Volumes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract ISandboxStorage Make(MachineOptions machine, StorageOptions options);

    private protected abstract void Prepare();

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Prepare();
        _harness = new StorageHarness(Make, new() { InitialBytes = 512 * Mebi, ReserveBytes = 16 * Mebi });
        await _harness.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null) await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Volume_Made_IsEverybodysAndThereAfterACrash()
    {
        var id = await MakeAsync();
        var path = Volumes.Find(id)!;
        Assert.Equal((UnixFileMode)0b111_111_111, File.GetUnixFileMode(path));
        await File.WriteAllTextAsync(Path.Combine(path, "f"), "kept", Cancellation);
        await _harness.ReopenAsync();
        Assert.Equal([id], await Volumes.ListAsync(Cancellation));
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(Volumes.Find(id)!, "f"), Cancellation));
        Assert.Null((await Volumes.SweepAsync(Cancellation)).Fault);

        Assert.Null((await Volumes.DeleteAsync(id, Cancellation)).Fault);
        Assert.Null((await Volumes.DeleteAsync(id, Cancellation)).Fault);
        Assert.Null(Volumes.Find(id));
        Assert.Empty(await Volumes.ListAsync(Cancellation));
        Assert.Equal(FaultCode.VolumeNotFound, (await Volumes.OpenAsync(id, Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.VolumeNotFound, (await Volumes.MeasureAsync(id, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Quota_WhereThereIsOne_Holds()
    {
        Assert.Equal(Complete, Volumes.HasQuotas);
        var id = await MakeAsync();
        if (!Complete)
        {
            Assert.Equal(FaultCode.NotSupported, (await Volumes.LimitAsync(id, 8 * Mebi, Cancellation)).Fault?.Code);
            Assert.Null(StorageHarness.Value(await Volumes.MeasureAsync(id, Cancellation)));
            return;
        }

        Assert.Throws<IOException>(() => Fill(id, 16));
        Assert.Null((await Volumes.LimitAsync(id, 32 * Mebi, Cancellation)).Fault);
        Fill(id, 16);
        Assert.InRange(StorageHarness.Value(await Volumes.MeasureAsync(id, Cancellation))!.Value, 16 * Mebi, 18 * Mebi);
        using var files = StorageHarness.Value(await Volumes.OpenAsync(id, Cancellation));
        using MemoryStream noise = new(Noise(24));
        Assert.Equal(FaultCode.NoSpace, (await files.WriteAsync("/more", noise, new(true, null, null), Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.FileNotFound, (await files.StatAsync("/more", false, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task SnapshotAndClone_WhereTheyAre_StayAsTheyWere()
    {
        var (id, snapshot, clone) = (await MakeAsync(), VolumeId.New(), VolumeId.New());
        await File.WriteAllTextAsync(Path.Combine(Volumes.Find(id)!, "f"), "saved", Cancellation);
        if (!Complete)
        {
            Assert.Equal(FaultCode.NotSupported, (await Volumes.SnapshotAsync(id, snapshot, Cancellation)).Fault?.Code);
            Assert.Equal(FaultCode.NotSupported, (await Volumes.CloneAsync(id, clone, Mebi, Cancellation)).Fault?.Code);
            return;
        }

        Assert.Null((await Volumes.SnapshotAsync(id, snapshot, Cancellation)).Fault);
        Assert.Null((await Volumes.CloneAsync(snapshot, clone, 8 * Mebi, Cancellation)).Fault);
        await File.WriteAllTextAsync(Path.Combine(Volumes.Find(id)!, "f"), "later", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Volumes.Find(clone)!, "f"), "other", Cancellation);
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(Volumes.Find(snapshot)!, "f"), "no"));
        Assert.Throws<IOException>(() => Fill(clone, 16));
        Assert.Null((await Volumes.DeleteAsync(id, Cancellation)).Fault);
        await _harness.ReopenAsync();
        Assert.Equal("saved", await File.ReadAllTextAsync(Path.Combine(Volumes.Find(snapshot)!, "f"), Cancellation));
        Assert.Equal("other", await File.ReadAllTextAsync(Path.Combine(Volumes.Find(clone)!, "f"), Cancellation));
        Assert.Equal(FaultCode.VolumeNotFound, (await Volumes.CloneAsync(id, VolumeId.New(), Mebi, Cancellation)).Fault?.Code);
        Assert.Null((await Volumes.DeleteAsync(snapshot, Cancellation)).Fault);
        Assert.Equal([clone], await Volumes.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Files_WithLinksOutAndTreesOfAnyForm_StayWithinTheVolume()
    {
        var id = await MakeAsync();
        var root = Volumes.Find(id)!;
        using Scratch outside = new();
        var secret = outside.PathOf("secret");
        await File.WriteAllTextAsync(secret, "secret", Cancellation);
        File.CreateSymbolicLink(Path.Combine(root, "absolute"), secret);
        File.CreateSymbolicLink(Path.Combine(root, "folder"), Path.GetDirectoryName(secret)!);
        File.CreateSymbolicLink(Path.Combine(root, "up"), "../../../../../../../.." + secret);
        File.CreateSymbolicLink(Path.Combine(root, "magic"), "/proc/self/root" + secret);
        using var files = StorageHarness.Value(await Volumes.OpenAsync(id, Cancellation));

        foreach (var path in (string[])["/absolute", "/folder/secret", "/up", "/magic", "/.." + secret, secret, "/folder/../.." + secret])
        {
            Assert.Equal(FaultCode.FileNotFound, (await files.ReadAsync(path, 0, null, Cancellation)).Fault?.Code);
            Assert.Equal(FaultCode.FileNotFound, (await files.StatAsync(path, true, Cancellation)).Fault?.Code);
        }

        foreach (var path in (string[])["/absolute", "/folder/secret", "/up"])
        {
            using MemoryStream content = new("mine"u8.ToArray());
            _ = await files.WriteAsync(path, content, new(true, null, null), Cancellation);
            _ = await files.MakeDirectoryAsync(path + "-d", true, null, null, Cancellation);
            _ = await files.RemoveAsync(path, recursive: true, Cancellation);
        }

        Assert.Null((await files.RemoveAsync("/folder", recursive: true, Cancellation)).Fault);
        Assert.Equal("secret", await File.ReadAllTextAsync(secret, Cancellation));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(secret)!));
    }

    [Fact]
    public async Task Files_WrittenListedAndRemoved_AreAsAsked()
    {
        var id = await MakeAsync();
        using var files = StorageHarness.Value(await Volumes.OpenAsync(id, Cancellation));
        var written = StorageHarness.Value(await WriteAsync(files, "/a/b/ä", "one", new(true, 0x1ED, new("7:8"))));
        Assert.Equal(("/a/b/ä", 3L, 0x1ED, 7, 8, FileKind.File), (written.Path, written.SizeBytes, written.Mode, written.Uid, written.Gid, written.Kind));

        // Replaced as a whole, with what it was but for its bytes; what is there and is no file is not.
        written = StorageHarness.Value(await WriteAsync(files, "a//b/./ä", "four!", new(false, null, null)));
        Assert.Equal((5L, 0x1ED, 7), (written.SizeBytes, written.Mode, written.Uid));
        Assert.Equal(FaultCode.FileExists, (await WriteAsync(files, "/a/b/ä", "x", new(true, null, null, Overwrite: false))).Fault?.Code);
        Assert.Equal(FaultCode.IsADirectory, (await WriteAsync(files, "/a", "x", new(true, null, null))).Fault?.Code);
        Assert.Equal(FaultCode.FileNotFound, (await WriteAsync(files, "/n/x", "x", new(false, null, null))).Fault?.Code);
        Assert.Equal(FaultCode.NotADirectory, (await WriteAsync(files, "/a/b/ä/x", "x", new(true, null, null))).Fault?.Code);
        Assert.Equal(FaultCode.UserNotFound, (await WriteAsync(files, "/x", "x", new(true, null, new("root")))).Fault?.Code);
        foreach (var path in (string[])["/", "", "..", "/a/..", "/x\0", new string('x', 5000)]) Assert.Equal(FaultCode.InvalidPath, (await WriteAsync(files, path, "x", new(true, null, null))).Fault?.Code);
        await using (BreakingStream broken = new())
        {
            foreach (var path in (string[])["/a/b/ä", "/new/folder/x"]) await Assert.ThrowsAsync<InvalidOperationException>(() => files.WriteAsync(path, broken, new(true, null, null), Cancellation));
            Assert.Equal(FaultCode.FileNotFound, (await files.StatAsync("/new", true, Cancellation)).Fault?.Code);
        }

        await using (var read = StorageHarness.Value(await files.ReadAsync("/a/b/ä", 1, 3, Cancellation)))
        {
            using StreamReader reader = new(read.Bytes);
            Assert.Equal(("our", 3L), (await reader.ReadToEndAsync(Cancellation), read.Length));
        }

        // The parents belong to whom the volume belongs.
        Assert.Equal(1000, StorageHarness.Value(await files.MakeDirectoryAsync("/c/d", true, 0x1C0, null, Cancellation)).Uid);
        Assert.Equal(FaultCode.FileExists, (await files.MakeDirectoryAsync("/c/d", false, null, null, Cancellation)).Fault?.Code);
        Assert.Null((await files.MakeDirectoryAsync("/c/d", true, null, null, Cancellation)).Fault);
        var raw = Path.Combine(Volumes.Find(id)!, "c");
        for (var i = 0; i < 3000; i++) await File.WriteAllTextAsync(Path.Combine(raw, $"f{i}"), "", Cancellation);
        Assert.Equal(FaultCode.DirectoryNotEmpty, (await files.RemoveAsync("/c", recursive: false, Cancellation)).Fault?.Code);
        Assert.Equal(["/a", "/a/b", "/a/b/ä", "/c", "/c/d"], StorageHarness.Value(await files.ListAsync("/", 64, "?", 100, Cancellation)).Concat(StorageHarness.Value(await files.ListAsync("/a", 1, "b", 100, Cancellation))).Select(x => x.Path).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(10, StorageHarness.Value(await files.ListAsync("/c", 1, null, 10, Cancellation)).Count);
        Assert.Null((await files.RemoveAsync("/c", recursive: true, Cancellation)).Fault);
        Assert.Null((await files.RemoveAsync("/a", recursive: true, Cancellation)).Fault);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Volumes.Find(id)!));
    }

    private static async Task<Result<FileEntry>> WriteAsync(IVolumeFiles files, string path, string text, FileWriteOptions options)
    {
        using MemoryStream content = new(Encoding.UTF8.GetBytes(text));
        return await files.WriteAsync(path, content, options, Cancellation);
    }

    private async Task<VolumeId> MakeAsync()
    {
        var id = VolumeId.New();
        Assert.Null((await Volumes.CreateAsync(id, Complete ? 8 * Mebi : 0, Cancellation)).Fault);
        return id;
    }

    private void Fill(VolumeId id, int mebibytes)
    {
        using var file = File.Create(Path.Combine(Volumes.Find(id)!, "fill"));
        file.Write(Noise(mebibytes));
        file.Flush();
        FileCall.SyncFilesystem(Volumes.Find(id)!);
    }

    private static byte[] Noise(int mebibytes)
    {
        var noise = new byte[mebibytes * Mebi];
        new Random(1).NextBytes(noise);
        return noise;
    }

    /// <summary>An upload that breaks off.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        public BreakingStream() : base(new byte[100])
        {
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Position > 0 ? throw new InvalidOperationException("broken") : base.ReadAsync(buffer, cancellationToken);
    }
}

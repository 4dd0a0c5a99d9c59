using System.Diagnostics;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Storage;

/// <summary>Saved disks from one pool to another, through nothing but bytes.</summary>
public sealed class DiskStreamTests : IAsyncLifetime
{
    private const long Disk = 200L << 20;
    private const long Small = 512L << 20;
    private readonly StorageHarness _here = Harness();
    private readonly StorageHarness _there = Harness();
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IDiskStreams Here => _here.Storage.Checkpoints.Streams;

    private IDiskStreams There => _there.Storage.Checkpoints.Streams;

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Requires.Kernel("btrfs");
        Requires.Tool("mkfs.btrfs");
        Requires.Tool("python3");
        await _here.OpenAsync();
        await _there.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_here.Storage is not null) await _here.DisposeAsync();
        if (_there.Storage is not null) await _there.DisposeAsync();
        _scratch.Dispose();
    }

    /// <summary>Modes, owners, times, attributes, links, holes, special files, names of any bytes, and 10,000 files.</summary>
    [Fact]
    public async Task SendAndReceive_WholeThenWhatChanged_IsTheSameTree()
    {
        var template = await _here.TemplateAsync("base", root => Shell(root, "mkdir -p bin home dev; echo sh > bin/sh; chmod 4755 bin/sh; mknod dev/null c 1 3; for i in $(seq 1 40); do echo $i > home/$i; done"));
        Assert.NotNull(template);
        var id = SandboxId.New();
        var clone = StorageHarness.Value(await _here.Storage.CloneAsync("base", id, Disk, Cancellation));
        Shell(clone, """
            mkdir -p many deep/a/b/c odd; i=0; while [ $i -lt 100 ]; do mkdir many/$i; j=0; while [ $j -lt 100 ]; do : > many/$i/$j; j=$((j+1)); done; i=$((i+1)); done
            head -c 3000000 /dev/urandom > big; chmod 0640 big; chown 1000:1001 big; ln big deep/a/hard; ln -s ../../big deep/a/b/soft; ln -s /etc/passwd deep/out
            truncate -s 900M sparse; printf x | dd of=sparse bs=1 seek=500000000 conv=notrunc 2>/dev/null; cp --reflink=always big cloned
            mkfifo fifo; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')"; mknod whiteout c 0 0
            python3 -c "import os; s=os.setxattr; s('big','user.text',b'value'); s('big','user.empty',b''); s('deep','trusted.t',b'1'); s('deep/out','trusted.l',b'2',follow_symlinks=False); s('bin/sh','security.capability',bytes.fromhex('0100000200200000000000000000000000000000'))"
            printf y > "odd/$(printf 'new\nline')"; printf z > "odd/$(printf '\377\376')"; touch -d '1999-12-31 23:59:59.123456789' big; touch -h -d '2001-01-01' deep/out; chmod 1777 odd; chmod 2755 deep
            rm home/7; mv home/8 home/renamed; echo more >> home/9; rmdir deep/a/b/c; chmod 0711 .
            """);
        var first = await SaveAsync(id);
        Shell(clone, """
            rm -r many/3; mkdir many/sub; mv many/4 many/sub/; echo changed > many/6/6; rm deep/a/hard; mv big bigger; python3 -c "import os; os.removexattr('bigger','user.empty'); os.setxattr('bigger','user.text',b'other')"; chmod 0600 bigger
            printf tail >> bigger; truncate -s 100 cloned; dd if=/dev/zero of=sparse bs=1M seek=100 count=1 conv=notrunc 2>/dev/null; rm fifo; mkdir fifo; ln -sfn elsewhere deep/out; rm -r home; echo file > home
            """);
        var second = await SaveAsync(id);

        var disks = StorageHarness.Value(await Here.FindAsync(second, "base", [first], Cancellation));
        Assert.Equal([second, first, null], disks.Select(disk => disk.Saved));
        Assert.Equal("base", disks[2].Template);
        var whole = await SendAsync(disks[2], null);
        var one = await SendAsync(disks[1], disks[2]);
        var two = await SendAsync(disks[0], disks[1]);
        Assert.True(two.Length < 1_200_000, $"{two.Length}");
        var full = await SendAsync(disks[0], null);

        var (incremental, direct) = (await ReceiveAsync((disks[2].Id, null, whole), (disks[1].Id, disks[2].Id, one), (disks[0].Id, disks[1].Id, two)), await ReceiveAsync((disks[0].Id, null, full)));
        var expected = Fingerprint(Path.Combine(_here.Pool, "checkpoints", second.Value));
        Assert.True(expected.Split('\n').Length > 9_800);
        foreach (var received in (CheckpointId[])[incremental, direct])
        {
            var path = Path.Combine(_there.Pool, "checkpoints", received.Value);
            Assert.Equal(expected, Fingerprint(path));
            Assert.True(long.Parse(Shell(path, "stat -c %b sparse"), System.Globalization.CultureInfo.InvariantCulture) * 512 < 10_000_000);
        }

        var fork = SandboxId.New();
        var forked = StorageHarness.Value(await _there.Storage.Checkpoints.CloneAsync(incremental, fork, Disk, Cancellation));
        await File.WriteAllTextAsync(Path.Combine(forked, "home"), "mine", Cancellation);
        var diff = StorageHarness.Value(await _there.Storage.Checkpoints.CompareAsync(incremental, fork, 100, Cancellation));
        Assert.Equal(["/home"], diff.Changed.Select(entry => entry.Path));
        await _there.ReopenAsync();
        Assert.Equal(2, (await _there.Storage.Checkpoints.ListAsync(Cancellation)).Count);
    }

    /// <summary>A gigabyte of nothing: told whole it is nothing; what became it since the base is told as zeros, which ends soon.</summary>
    [Fact]
    public async Task Send_OfHoles_IsNoLongerThanWhatTheDiskMayHold()
    {
        await _here.TemplateAsync("base");
        var id = SandboxId.New();
        var clone = StorageHarness.Value(await _here.Storage.CloneAsync("base", id, Disk, Cancellation));
        Shell(clone, "truncate -s 64G holes; printf x | dd of=holes bs=1 seek=32G conv=notrunc 2>/dev/null");
        var first = await SaveAsync(id);
        Shell(clone, "fallocate -p -o 32G -l 1M holes; echo more > file");
        var second = await SaveAsync(id);
        var disks = StorageHarness.Value(await Here.FindAsync(second, "none", [first], Cancellation));
        Assert.All(disks, disk => Assert.InRange(disk.MostBytes, 1, Small));
        var read = 0L;
        Assert.False(StorageHarness.Value(await Here.SendAsync(disks[0], disks[1], Disk, CountAsync, Cancellation)));
        Assert.InRange(read, Disk / 2, Disk + (1 << 20));
        read = 0;
        Assert.True(StorageHarness.Value(await Here.SendAsync(disks[0], null, Disk, CountAsync, Cancellation)));
        Assert.InRange(read, 1, 1 << 20);

        async Task CountAsync(Stream stream)
        {
            var buffer = new byte[1 << 16];
            while (await stream.ReadAsync(buffer, Cancellation) is > 0 and var count) read += count;
        }
    }

    [Fact]
    public async Task Find_OfWhatBeganOtherwise_HasNoTemplate()
    {
        await _here.TemplateAsync("base");
        var id = SandboxId.New();
        StorageHarness.Value(await _here.Storage.CloneAsync("base", id, Disk, Cancellation));
        var saved = await SaveAsync(id);
        await _here.TemplateAsync("base");
        Assert.Single(StorageHarness.Value(await Here.FindAsync(saved, "base", [CheckpointId.New()], Cancellation)));
        Assert.Single(StorageHarness.Value(await Here.FindAsync(saved, "none", [], Cancellation)));
        Assert.Equal(FaultCode.CheckpointNotFound, (await Here.FindAsync(CheckpointId.New(), "base", [], Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Receive_CutOffOrAltered_IsRefusedAndLeavesNothing()
    {
        await _here.TemplateAsync("base");
        var id = SandboxId.New();
        Shell(StorageHarness.Value(await _here.Storage.CloneAsync("base", id, Disk, Cancellation)), "mkdir a; for i in 1 2 3 4 5 6 7 8; do head -c 3000 /dev/urandom > a/$i; done; ln -s b c");
        var saved = await SaveAsync(id);
        var disk = StorageHarness.Value(await Here.FindAsync(saved, "none", [], Cancellation))[0];
        var bytes = await SendAsync(disk, null);
        foreach (var cut in Enumerable.Range(0, 60).Select(x => x * bytes.Length / 60).Append(bytes.Length - 1)) await RefusedAsync(disk.Id, bytes[..cut]);
        await RefusedAsync(disk.Id, [.. bytes, 0]);
        await RefusedAsync(Guid.NewGuid(), bytes);

        // A flipped bit of data is for the parts' digests to find; here it may only never do harm.
        foreach (var at in Enumerable.Range(0, 200).Select(x => x * bytes.Length / 200))
        {
            byte[] flipped = [.. bytes];
            flipped[at] ^= 0x41;
            await TryAsync(disk.Id, flipped);
        }

        Assert.Empty(await _there.Storage.Checkpoints.ListAsync(Cancellation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_there.Pool, "receiving")));
    }

    [Fact]
    public async Task Receive_MoreThanItsBounds_IsRefused()
    {
        var data = new byte[40_000];
        new Random(1).NextBytes(data);
        var stream = StreamBuilder.Begun().File("big");
        for (var i = 0; i < 1000; i++) stream.Write("big", (ulong)(i * data.Length), data);
        Assert.Equal(FaultCode.ExportInvalid, (await TryAsync(StreamBuilder.Disk, stream.End().Bytes(), new(8 << 20, 100)))?.Code);
        var many = StreamBuilder.Begun();
        for (var i = 0; i < 101; i++) many.File($"file{i}");
        Assert.Equal(FaultCode.ExportInvalid, (await TryAsync(StreamBuilder.Disk, many.End().Bytes(), new(8 << 20, 100)))?.Code);
    }

    private static StorageHarness Harness() => new((machine, options) => new BtrfsStorage(machine, options, TimeProvider.System, NullLogger<BtrfsStorage>.Instance), new StorageOptions { InitialBytes = Small, ReserveBytes = 1 << 20 });

    private async Task<CheckpointId> SaveAsync(SandboxId id)
    {
        var saved = CheckpointId.New();
        StorageHarness.Value(await _here.Storage.Checkpoints.SaveAsync(id, saved, Cancellation));
        return saved;
    }

    private async Task<byte[]> SendAsync(StreamedDisk disk, StreamedDisk? since)
    {
        using MemoryStream all = new();
        Assert.True(StorageHarness.Value(await Here.SendAsync(disk, since, Disk, stream => stream.CopyToAsync(all, Cancellation), Cancellation)));
        return all.ToArray();
    }

    private async Task<CheckpointId> ReceiveAsync(params (Guid Id, Guid? Since, byte[] Bytes)[] streams)
    {
        var received = CheckpointId.New();
        using var receiver = StorageHarness.Value(await There.ReceiveAsync(received, new(Disk, 100_000), Cancellation));
        foreach (var (id, since, bytes) in streams) StorageHarness.Value(await receiver.ApplyAsync(id, since, new MemoryStream(bytes), Cancellation));
        Assert.True(StorageHarness.Value(await receiver.KeepAsync(Cancellation)) > 0);
        return received;
    }

    private async Task RefusedAsync(Guid id, byte[] bytes) => Assert.Equal(FaultCode.ExportInvalid, (await TryAsync(id, bytes))?.Code);

    private async Task<Fault?> TryAsync(Guid id, byte[] bytes, ReceiveBounds? bounds = null)
    {
        var received = CheckpointId.New();
        using var receiver = StorageHarness.Value(await There.ReceiveAsync(received, bounds ?? new(Disk, 100_000), Cancellation));
        var applied = await receiver.ApplyAsync(id, null, new MemoryStream(bytes), Cancellation);
        receiver.Dispose();
        StorageHarness.Value(await _there.Storage.Checkpoints.DeleteAsync(received, Cancellation));
        return applied.Fault;
    }

    /// <summary>All that can be seen of a tree: each entry with type, mode, owner, size, time, links, target, attributes and content.</summary>
    private static string Fingerprint(string root) => Shell(root, """
        find . -printf '%y %m %U:%G %n %T@ %l|%p\0' | sort -z | while IFS= read -r -d '' line; do case "$line" in d*) echo "$line" | sed 's/^\(d [0-7]* [0-9:]*\) [0-9]*/\1/';; *) echo "$line";; esac; done
        find . -type f -printf '%s %p\0' | sort -z | tr '\0' '\n'; find . -type f -print0 | sort -z | xargs -0 sha256sum
        find . \( -type c -o -type s -o -type p \) -print0 | sort -z | xargs -0 stat -c '%F %a %t:%T %n'; 
        python3 -c "
        import os
        for at, folders, files in os.walk(b'.'):
            for name in sorted(folders + files + [b'.']):
                path = os.path.join(at, name)
                for key in sorted(os.listxattr(path, follow_symlinks=False)): print(path, key, os.getxattr(path, key, follow_symlinks=False))" | sort
        """).Replace(root, "", StringComparison.Ordinal);

    private static string Shell(string folder, string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["LC_ALL"] = "C" } })!;
        var error = shell.StandardError.ReadToEndAsync(Cancellation);
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"{shell.ExitCode}: {error.GetAwaiter().GetResult()}{output}");
        return output;
    }
}

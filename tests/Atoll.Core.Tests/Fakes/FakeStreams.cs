using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Streams of disks whose bytes follow from their ids. What is received is compared with what must come.</summary>
internal sealed class FakeStreams(FakeDisks disks) : IDiskStreams
{
    public static readonly Guid Template = Guid.NewGuid();

    public ConcurrentQueue<(Guid Id, Guid? Since)> Sent { get; } = new();

    public ConcurrentDictionary<CheckpointId, bool> Receiving { get; } = new();

    public List<(Guid Id, Guid? Since)> Received { get; } = [];

    /// <summary>What happens before a disk is read.</summary>
    public Func<StreamedDisk, Task> OnSend { get; set; } = _ => Task.CompletedTask;

    public long ZerosOfDifferences { get; set; }

    public bool HasTemplate { get; set; } = true;

    public static Guid IdOf(CheckpointId id) => new(SHA256.HashData(Encoding.ASCII.GetBytes(id.Value)).AsSpan(0, 16));

    /// <summary>Half of it can be compressed.</summary>
    public static byte[] Bytes(Guid id, Guid? since)
    {
        var bytes = new byte[since is null ? 5_000_000 : 300_000];
        new Random(HashCode.Combine(id.ToByteArray()[0], id.ToByteArray()[1], since is null)).NextBytes(bytes.AsSpan(bytes.Length / 2));
        return bytes;
    }

    public Task<Result<IReadOnlyList<StreamedDisk>>> FindAsync(CheckpointId saved, string template, IReadOnlyList<CheckpointId> before, CancellationToken cancellation)
    {
        List<StreamedDisk> found = [new(IdOf(saved), saved, null), .. before.Select(id => new StreamedDisk(IdOf(id), id, null))];
        if (HasTemplate) found.Add(new(Template, null, template));
        return Task.FromResult(Result.Of<IReadOnlyList<StreamedDisk>>(found));
    }

    public async Task<Result<bool>> SendAsync(StreamedDisk disk, StreamedDisk? since, long mostZeros, Func<Stream, Task> read, CancellationToken cancellation)
    {
        Sent.Enqueue((disk.Id, since?.Id));
        await OnSend(disk);
        using MemoryStream stream = new(Bytes(disk.Id, since?.Id));
        await read(stream);
        return since is null || ZerosOfDifferences <= mostZeros;
    }

    public Task<Result<IDiskReceiver>> ReceiveAsync(CheckpointId saved, ReceiveBounds bounds, CancellationToken cancellation)
    {
        Receiving[saved] = true;
        return Task.FromResult(Result.Of<IDiskReceiver>(new Receiver(this, saved)));
    }

    private sealed class Receiver(FakeStreams owner, CheckpointId saved) : IDiskReceiver
    {
        public async Task<Result<Done>> ApplyAsync(Guid id, Guid? since, Stream stream, CancellationToken cancellation)
        {
            using MemoryStream all = new();
            await stream.CopyToAsync(all, cancellation);
            Assert.Equal(Bytes(id, since), all.ToArray());
            owner.Received.Add((id, since));
            return Done.Value;
        }

        public Task<Result<long>> KeepAsync(CancellationToken cancellation)
        {
            owner.Receiving.TryRemove(saved, out _);
            owner._disks.LeaveBehind(saved);
            return Task.FromResult<Result<long>>(3L << 20);
        }

        public void Dispose()
        {
        }
    }

    private readonly FakeDisks _disks = disks;
}

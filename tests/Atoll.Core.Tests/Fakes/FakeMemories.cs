using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Saved memories whose files' bytes follow from their names. What is received is compared with what must come.</summary>
internal sealed class FakeMemories(FakeDisks disks) : IMemoryStreams
{
    public const string Runtime = "runsc version 1";

    private static readonly string[] Names = ["agent", "checkpoint.img", "pages.img"];

    public string Here { get; set; } = Runtime;

    public Fault? Damage { get; set; }

    public List<string> Sent { get; } = [];

    public List<string> Received { get; } = [];

    public List<CheckpointId> Begun { get; } = [];

    public static byte[] Bytes(string name)
    {
        var bytes = new byte[name == "pages.img" ? 3_000_000 : 50_000];
        new Random(name.Length).NextBytes(bytes.AsSpan(bytes.Length / 2));
        return bytes;
    }

    public Task<Result<SavedMemory>> DescribeAsync(CheckpointId saved, IsolationKind isolation, CancellationToken cancellation) => Task.FromResult<Result<SavedMemory>>(Damage is { } damage ? damage : new SavedMemory(
        saved, Runtime, Convert.ToHexStringLower(SHA256.HashData(Bytes("agent"))), SHA256.HashData(Encoding.ASCII.GetBytes("token")), [.. Names.Select(name => new SavedMemoryFile(name, Bytes(name).Length))]));

    public async Task<Result<Done>> SendAsync(CheckpointId saved, string file, Func<Stream, Task> read, CancellationToken cancellation)
    {
        Sent.Add(file);
        using MemoryStream stream = new(Bytes(file));
        await read(stream);
        return Done.Value;
    }

    public Task<Result<IMemoryReceiver>> ReceiveAsync(CheckpointId saved, IsolationKind isolation, SavedMemory memory, CancellationToken cancellation)
    {
        if (memory.Runtime != Here) return Task.FromResult<Result<IMemoryReceiver>>(new Fault(FaultCode.CheckpointMismatch, FaultSide.Host, FaultStage.Storage, "Another version."));
        Begun.Add(saved);
        return Task.FromResult(Result.Of<IMemoryReceiver>(new Receiver(this, saved)));
    }

    private sealed class Receiver(FakeMemories owner, CheckpointId saved) : IMemoryReceiver
    {
        public async Task<Result<Done>> WriteAsync(string name, Stream content, CancellationToken cancellation)
        {
            using MemoryStream all = new();
            await content.CopyToAsync(all, cancellation);
            Assert.Equal(Bytes(name), all.ToArray());
            owner.Received.Add(name);
            return Done.Value;
        }

        public Task<Result<long>> KeepAsync(CancellationToken cancellation)
        {
            owner._disks.LeaveMemoryBehind(saved);
            return Task.FromResult<Result<long>>(3_050_000);
        }
    }

    private readonly FakeDisks _disks = disks;
}

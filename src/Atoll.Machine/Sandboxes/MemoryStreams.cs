using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Storage.Memory;

namespace Atoll.Machine.Sandboxes;

/// <summary>Core's <see cref="IMemoryStreams"/>: the images' files. What an image says of itself is checked on the way out as before a restore, and written anew on the way in.</summary>
internal sealed class MemoryStreams(MemoryImages images, SandboxRuntimes runtimes) : IMemoryStreams
{
    public async Task<Result<SavedMemory>> DescribeAsync(CheckpointId saved, IsolationKind isolation, CancellationToken cancellation)
    {
        if (!(await images.OpenAsync(saved, runtimes.VersionOf(isolation), cancellation)).TryGet(out var image, out var fault)) return fault;
        ImmutableArray<SavedMemoryFile> files = [.. image.Manifest.Files.Select(file => new SavedMemoryFile(Path.GetFileName(file.Name), file.Bytes))];
        return new SavedMemory(saved, image.Manifest.Runtime, image.Manifest.Agent, image.Manifest.Token, files);
    }

    public async Task<Result<Done>> SendAsync(CheckpointId saved, string file, Func<Stream, Task> read, CancellationToken cancellation)
    {
        if (!images.OpenFile(saved, file).TryGet(out var stream, out var fault)) return fault;
        await using (stream) await read(stream);
        return Done.Value;
    }

    public Task<Result<IMemoryReceiver>> ReceiveAsync(CheckpointId saved, IsolationKind isolation, SavedMemory memory, CancellationToken cancellation)
    {
        if (runtimes[isolation].MemoryMissing is { } reason) return Refused(MemoryFaults.NotSupported(isolation, reason));
        var here = runtimes.VersionOf(isolation);
        if (memory.Runtime != here) return Refused(ImageFaults.FromOtherVersion(memory.Origin, memory.Runtime, here));
        return Task.FromResult(images.Begin(saved, memory.Files.Sum(file => file.Bytes)).Map<IMemoryReceiver>(draft => new MemoryReceiver(images, draft, memory)));

        static Task<Result<IMemoryReceiver>> Refused(Fault fault) => Task.FromResult<Result<IMemoryReceiver>>(fault);
    }
}

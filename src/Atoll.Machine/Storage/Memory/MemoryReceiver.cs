using System.Security.Cryptography;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Memory;

/// <summary>An image that comes from another machine: written into a draft, and sealed as if it had been saved here. Only files that were announced, of the length that was.</summary>
internal sealed class MemoryReceiver(MemoryImages images, MemoryDraft draft, SavedMemory memory) : IMemoryReceiver
{
    private const int BufferBytes = 256 * 1024;

    public async Task<Result<Done>> WriteAsync(string name, Stream content, CancellationToken cancellation)
    {
        if (memory.Files.FirstOrDefault(file => file.Name == name) is not { } file || Path.GetFileName(name) != name || name is "." or "..") return ImageFaults.Unsound($"'{name}' is no file of a memory");
        var buffer = new byte[BufferBytes];
        var total = 0L;
        try
        {
            var path = name == SavedMemory.AgentFile ? draft.Agent : Path.Combine(draft.Runtime, name);
            await using (var to = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            }))
            {
                while (await ReadAsync(content, buffer, cancellation) is > 0 and var count)
                {
                    if ((total += count) > file.Bytes) return ImageFaults.Unsound($"its file '{name}' is longer than it says");
                    await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
                }
            }

            if (total != file.Bytes) return ImageFaults.Unsound($"its file '{name}' is shorter than it says");
            await Task.Run(() => FileCall.Sync(path), cancellation);
            return Done.Value;
        }
        catch (ReadFailure failure)
        {
            throw failure.InnerException!;
        }
        catch (IOException failure)
        {
            return ImageFaults.Unwritten(failure);
        }
    }

    public Task<Result<long>> KeepAsync(CancellationToken cancellation) => StorageFaults.GuardAsync<long>(
        async () =>
        {
            string digest;
            await using (var program = File.OpenRead(draft.Agent)) digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(program, cancellation));
            if (digest != memory.Agent) return ImageFaults.Unsound("its agent is not the one that it says");

            // One that no image here has is this image's alone, counted, and goes with it: else a foreign one would stay among ours.
            var shared = images.FindAgent(digest);
            var own = shared is null ? new FileInfo(draft.Agent).Length : 0;
            if (shared is not null) File.Delete(draft.Agent);
            var sealing = await draft.SealAsync(memory.Runtime, (shared ?? draft.Agent, digest), memory.Token, await draft.DigestAsync());
            return sealing.Map(bytes => bytes + own);
        },
        cancellation);

    /// <summary>What the other side's stream throws is not a failure of this disk, whatever its type.</summary>
    private static async ValueTask<int> ReadAsync(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellation);
        }
        catch (IOException failure)
        {
            throw new ReadFailure(failure);
        }
    }

    private sealed class ReadFailure(IOException inner) : Exception(inner.Message, inner);
}

using Atoll.Cli.Native;
using Atoll.Client.Attaching;

namespace Atoll.Cli.Attaching;

/// <summary>
/// Carries our stdin to a process. A blocked read of stdin cannot be cancelled, so it has a thread of its own, which the program's end takes along.
/// </summary>
internal sealed class InputPump(AttachedProcess process)
{
    private const int ChunkBytes = 64 * 1024;

    public Task RunAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Carry(done, cancellation)) { IsBackground = true, Name = "stdin" };
        thread.Start();
        return done.Task;
    }

    private void Carry(TaskCompletionSource done, CancellationToken cancellation)
    {
        try
        {
            using var stdin = new InputStream();
            var buffer = new byte[ChunkBytes];
            while (stdin.Read(buffer) is > 0 and var count)
            {
                if (cancellation.IsCancellationRequested) break;
                process.WriteAsync(buffer.AsMemory(0, count), cancellation).GetAwaiter().GetResult();
            }

            process.EndInputAsync(cancellation).GetAwaiter().GetResult();
            done.SetResult();
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
    }
}

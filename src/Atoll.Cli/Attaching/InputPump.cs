using Atoll.Cli.Native;
using Atoll.Client.Attaching;

namespace Atoll.Cli.Attaching;

/// <summary>
/// Carries our stdin to a process. Whatever ends it, also a stdin that cannot be read (a folder), the process is told, so that it does not wait for more. A blocked read of stdin cannot be cancelled, so it has a thread of its own, which the program's end takes along.
/// </summary>
internal sealed class InputPump(AttachedProcess process, Action<string> warn)
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
            while (Read(stdin, buffer) is > 0 and var count)
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

    private int Read(InputStream stdin, byte[] buffer)
    {
        try
        {
            return stdin.Read(buffer);
        }
        catch (IOException failure)
        {
            warn($"atoll: {failure.Message} The command is told that its input ends here.");
            return 0;
        }
    }
}

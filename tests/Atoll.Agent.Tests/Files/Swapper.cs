namespace Atoll.Agent.Tests.Files;

/// <summary>Makes a path now a directory, now a symlink to elsewhere, as fast as it can.</summary>
internal static class Swapper
{
    /// <returns>How often it swapped.</returns>
    public static Task<int> RunAsync(string path, string target, CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            var swaps = 0;
            while (!cancellation.IsCancellationRequested)
            {
                try
                {
                    if (swaps++ % 2 == 0) File.CreateSymbolicLink(path, target);
                    else File.Delete(path);
                }
                catch (IOException)
                {
                    // Whoever it races with was faster.
                    TryDelete(path);
                }
            }

            TryDelete(path);
            return swaps;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // A directory, or gone again.
        }
        catch (UnauthorizedAccessException)
        {
            // A directory.
        }
    }
}

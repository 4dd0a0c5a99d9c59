using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage;

/// <summary>
/// A lock between processes on one host (flock(2)). It goes with its holder, also by kill -9. The file itself stays, so that two processes never hold
/// locks on two files of one name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Null when another holds it.</summary>
    public static FileLock? Try(string path, bool exclusive = true)
    {
        var file = FileCall.OpenOrCreate(path);
        if (FileCall.TryLock(file, path, exclusive)) return new FileLock(file);
        file.Dispose();
        return null;
    }

    /// <summary>Waits until it is free. flock(2) can wait by itself but cannot be cancelled, so it is tried again.</summary>
    public static async Task<FileLock> WaitAsync(string path, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            if (Try(path) is { } held) return held;
            await Task.Delay(Retry, time, cancellation);
        }
    }

    public void Dispose() => _file.Dispose();
}

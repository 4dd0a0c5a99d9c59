using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Atoll.Bench.Bare;

/// <summary>
/// A thread for each call of a bare tool: it may have to enter a mount namespace first, from which there is no way back. That part is not measured.
/// </summary>
internal static partial class ToolThread
{
    private const int NewMountNamespace = 0x20000;
    private const nuint RecursiveSlave = 0x4000 | 0x80000;

    /// <param name="work">On the thread.</param>
    /// <param name="hidden">Covered with an empty folder for what the thread starts; null: the host as it is.</param>
    public static Task<T> RunAsync<T>(Func<T> work, string? hidden)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                if (hidden is not null) Hide(hidden);
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        { IsBackground = true, Name = "bare tool" }.Start();
        return done.Task;
    }

    private static void Hide(string path)
    {
        Check(Unshare(NewMountNamespace));
        Check(Mount(null, "/", null, RecursiveSlave, null));
        Check(Mount("none", path, "tmpfs", 0, null));
    }

    private static void Check(int result)
    {
        if (result < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string? source, string target, string? type, nuint flags, string? data);
}

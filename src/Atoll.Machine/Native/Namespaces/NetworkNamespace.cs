using System.Runtime.InteropServices;

namespace Atoll.Machine.Native.Namespaces;

/// <summary>
/// Network namespaces that live as files: bound with a mount, they need no process. Whoever enters one does so on an <see cref="OwnThread"/>, so that
/// no thread of the pool ever finds itself in a foreign network. <c>/proc/sys/net</c> shows the namespace of the thread that reads it.
/// </summary>
internal static class NetworkNamespace
{
    private const int Invalid = 22, NoEntry = 2;

    /// <summary>Makes a namespace, binds it at <paramref name="path"/> and runs <paramref name="setUp"/> in it. On a failure nothing is left.</summary>
    public static void Create(string path, Action setUp) => OnOwnThread(path, () =>
    {
        if (NamespaceCalls.Unshare(NamespaceCalls.NewNetwork) < 0) throw SyscallException.Last("unshare", "CLONE_NEWNET");
        File.Create(path).Dispose();
        try
        {
            if (NamespaceCalls.Mount("/proc/thread-self/ns/net", path, null, NamespaceCalls.Bind, 0) < 0) throw SyscallException.Last("mount", path);
            setUp();
        }
        catch
        {
            Remove(path);
            throw;
        }

        return 0;
    });

    /// <summary>Runs something inside that waits for nothing (<see cref="OwnThread"/> says why). Sockets it opens belong to that namespace for good and may be used from any thread.</summary>
    public static T Run<T>(string path, Func<T> inside) => OnOwnThread(path, () =>
    {
        using var file = File.OpenHandle(path);
        if (NamespaceCalls.SetNamespace(file, NamespaceCalls.NewNetwork) < 0) throw SyscallException.Last("setns", path);
        return inside();
    });

    /// <summary>Unbinds it; it ends when the last process in it does. Succeeds for what is not there.</summary>
    public static void Remove(string path)
    {
        // Until EINVAL: an interrupted earlier start may have bound it twice.
        while (NamespaceCalls.Unmount(path, NamespaceCalls.Detach) == 0)
        {
        }

        if (Marshal.GetLastPInvokeError() is not (Invalid or NoEntry)) throw SyscallException.Last("umount", path);
        File.Delete(path);
    }

    private static T OnOwnThread<T>(string path, Func<T> work) => OwnThread.Run("netns " + Path.GetFileName(path), work);
}

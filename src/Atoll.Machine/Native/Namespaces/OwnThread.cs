using System.Runtime.ExceptionServices;

namespace Atoll.Machine.Native.Namespaces;

/// <summary>
/// Runs work that enters a namespace on a thread which is made for it and ends with it, while the caller waits.
/// <para>A thread is born in the namespaces of the one that makes it (clone(2)), and the pool makes its threads wherever something is queued. So the work queues nothing: it completes no task and
/// begins no asynchronous call, or a thread of the pool sees a foreign network, or the mounts of one sandbox's start, for as long as it lives. Its result is handed over by the end of its thread.</para>
/// </summary>
internal static class OwnThread
{
    private const int StackBytes = 256 * 1024;

    public static T Run<T>(string name, Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception caught)
            {
                failure = caught;
            }
        }, StackBytes)
        { IsBackground = true, Name = name };
        thread.Start();
        thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return result;
    }
}

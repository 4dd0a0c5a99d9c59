using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Processes.Readiness;

namespace Atoll.Agent.Lending;

/// <summary>
/// Listens for the helper that stands in for <c>sudo</c> (src/Atoll.Sudo), where the kernel knows no set-user-ID programs: gVisor up to 2024. For each that calls, its other half is started as
/// root with the connection as its input; all else, also whether the caller may, is that one's business. Costs a socket and nothing while nobody calls. The socket is the sandbox's own kernel's, so
/// that it is saved and restored with the memory.
/// </summary>
internal sealed unsafe class RootLender : IPolled
{
    /// <summary>Abstract, and taken before anything else runs: nobody inside can be asked in its place.</summary>
    private static readonly byte[] Address = [.. "atoll/sudo"u8];

    private const string Program = "/.atoll/sudo";
    private const string UsualPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const int Queue = 32;

    private readonly int _listener;
    private readonly int _oomScore;

    private RootLender(int listener, int oomScore) => (_listener, _oomScore) = (listener, oomScore);

    /// <summary>Does nothing where set-user-ID programs work. Without the socket, sudo says that it does not work, and the sandbox is none the worse.</summary>
    public static void StartWhereNeeded(EventLoop loop, int oomScore)
    {
        if (!Init.GainsNothingByExec()) return;
        var listener = LocalSockets.Listen(Address, Queue);
        if (listener >= 0) _ = loop.Watch(listener, Polling.Readable, new RootLender(listener, oomScore));
    }

    public void OnReady(uint events)
    {
        // One at a time: more make the descriptor ready again. It may have hung up meanwhile.
        var caller = LocalSockets.Accept(_listener);

        // A start waits for the new program, and the loop must not.
        if (caller >= 0) ThreadPool.UnsafeQueueUserWorkItem(Serve, caller, preferLocal: false);
    }

    private void Serve(int caller)
    {
        try
        {
            using var strings = new NativeStrings();
            uint[] groups = [0];
            var request = new Children.SpawnRequest
            {
                Programs = strings.AddAll([Encoding.ASCII.GetBytes(Program)]),
                Argv = strings.AddAll([[.. "sudo"u8], [.. "--serve"u8]]),
                Env = strings.AddAll([Encoding.ASCII.GetBytes(UsualPath)]),
                Directory = strings.Add("/"u8),
                Groups = strings.AddAll(groups.AsSpan()),
                GroupCount = groups.Length,
                Stdin = caller,
                OomScore = _oomScore,
            };

            // One that cannot be started leaves the caller with a connection that ends, of which it says so. The reaper takes it as it takes every orphan.
            _ = Children.Spawn(&request);
        }
        finally
        {
            _ = Descriptors.Close(caller);
        }
    }
}

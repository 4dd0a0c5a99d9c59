using System.Net.Sockets;
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
    private const string Address = "\0atoll/sudo";

    private const string Program = "/.atoll/sudo";
    private const string UsualPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const int Queue = 32;

    private readonly Socket _listener;
    private readonly int _oomScore;

    private RootLender(Socket listener, int oomScore) => (_listener, _oomScore) = (listener, oomScore);

    /// <summary>Does nothing where set-user-ID programs work. Without the socket, sudo says that it does not work, and the sandbox is none the worse.</summary>
    public static void StartWhereNeeded(EventLoop loop, int oomScore)
    {
        if (!Init.GainsNothingByExec()) return;
        try
        {
            var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            listener.Bind(new UnixDomainSocketEndPoint(Address));
            PeerNames.Demand((int)listener.Handle);
            listener.Listen(Queue);
            _ = loop.Watch((int)listener.Handle, Polling.Readable, new RootLender(listener, oomScore));
        }
        catch (SocketException)
        {
            // As said above.
        }
    }

    public void OnReady(uint events)
    {
        // One at a time: more make the descriptor ready again.
        Socket caller;
        try
        {
            caller = _listener.Accept();
        }
        catch (SocketException)
        {
            // It hung up meanwhile, or there are no descriptors to be had.
            return;
        }

        // A start waits for the new program, and the loop must not.
        ThreadPool.UnsafeQueueUserWorkItem(Serve, caller, preferLocal: false);
    }

    private void Serve(Socket caller)
    {
        using (caller)
        {
            PeerNames.Demand((int)caller.Handle);
            Descriptors.SetBlocking((int)caller.Handle);
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
                Stdin = (int)caller.Handle,
                OomScore = _oomScore,
            };

            // One that cannot be started leaves the caller with a connection that ends, of which it says so. The reaper takes it as it takes every orphan.
            _ = Children.Spawn(&request);
        }
    }
}

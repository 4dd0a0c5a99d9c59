using System.Net;
using System.Net.Sockets;

namespace Atoll.Agent.Calls;

/// <summary>
/// Connections that have not shown the token yet: so many from inside the sandbox, and the rest of the places for the host. Programs in here can connect as often as they like, and must not take the host's
/// place; those beyond are closed at once, by the thread that accepted them, because whatever else is done for them could be asked for thousands of times a second. Thread-safe.
/// </summary>
/// <param name="mostInside">From inside; while there are fewer in all, nobody is asked where he comes from, which costs a system call.</param>
/// <param name="most">In all.</param>
internal sealed class Strangers(int mostInside, int most)
{
    private int _waiting;

    /// <summary>Whether it may wait. Then <see cref="Leave"/>.</summary>
    public bool TryEnter(Socket socket)
    {
        var waiting = Interlocked.Increment(ref _waiting);
        if (waiting <= mostInside || (waiting <= most && !IsFromInside(socket))) return true;
        Leave();
        return false;
    }

    /// <summary>It has shown the token, or gone away.</summary>
    public void Leave() => Interlocked.Decrement(ref _waiting);

    // The host's address is nobody's in here. What comes by loopback, or from the address that it goes to, was sent in here.
    private static bool IsFromInside(Socket socket) =>
        socket is not { RemoteEndPoint: IPEndPoint from, LocalEndPoint: IPEndPoint to } || IsLoopback(from.Address) || IsLoopback(to.Address) || from.Address.Equals(to.Address);

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}

using System.Net;
using System.Net.Sockets;

namespace Atoll.Agent.Calls;

/// <summary>
/// Connections that have not shown the token yet. When there are so many, each that comes has the oldest from inside the sandbox closed: programs in here can connect as often as they like, and must not
/// take the host's place, whose connections are closed only when there are so many of them alone. Thread-safe.
/// </summary>
/// <param name="most">From where on those from inside have to go.</param>
/// <param name="mostOfAll">From where on the oldest goes, whosever it is.</param>
internal sealed class Strangers(int most, int mostOfAll)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Stranger> _waiting = new();

    public Stranger Add(Socket socket)
    {
        Stranger added = new(socket);
        Stranger? closed = null;
        lock (_lock)
        {
            if (_waiting.Count >= most)
            {
                closed = _waiting.FirstOrDefault(stranger => stranger.IsFromInside) ?? (_waiting.Count >= mostOfAll ? _waiting.First!.Value : null);
                if (closed is not null) _waiting.Remove(closed.Place);
            }

            _waiting.AddLast(added.Place);
        }

        // Whoever reads from it finds it closed.
        closed?.Socket.Dispose();
        return added;
    }

    /// <summary>It has shown the token, or gone away. False where it has been closed.</summary>
    public bool Remove(Stranger stranger)
    {
        lock (_lock)
        {
            if (stranger.Place.List is null) return false;
            _waiting.Remove(stranger.Place);
            return true;
        }
    }

    internal sealed class Stranger
    {
        private bool? _inside;

        public Stranger(Socket socket) => (Socket, Place) = (socket, new(this));

        public Socket Socket { get; }

        public LinkedListNode<Stranger> Place { get; }

        /// <summary>Asked only of those that may have to go: the answer costs a system call.</summary>
        public bool IsFromInside => _inside ??= Socket is { RemoteEndPoint: IPEndPoint from, LocalEndPoint: IPEndPoint to } && IsInside(from.Address, to.Address);

        // The host's address is nobody's in here. What comes by loopback, or from the address that it goes to, was sent in here.
        private static bool IsInside(IPAddress from, IPAddress to) => IsLoopback(from) || IsLoopback(to) || from.Equals(to);

        private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }
}

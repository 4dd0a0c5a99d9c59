using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Atoll.Machine.Native.Netlink;

/// <summary>
/// Writes netlink messages, one after another, into a buffer that grows: <c>header | family header | attribute*</c>, an attribute being
/// <c>length:u16 type:u16 payload</c> and everything padded to 4 bytes (<c>man 7 netlink</c>). Numbers are in the host's order unless the name says Network.
/// </summary>
internal sealed class NetlinkMessage
{
    public const int HeaderSize = 16;
    private byte[] _buffer = new byte[512];
    private int _message;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Starts a message; it lasts until the next one or <see cref="Close"/>.</summary>
    public NetlinkMessage Begin(ushort type, NetlinkFlags flags, uint sequence)
    {
        Close();
        _message = Length;
        var header = Take(HeaderSize);
        BitConverter.TryWriteBytes(header[4..], type);
        BitConverter.TryWriteBytes(header[6..], (ushort)flags);
        BitConverter.TryWriteBytes(header[8..], sequence);
        return this;
    }

    public NetlinkMessage Close()
    {
        if (Length > _message) BitConverter.TryWriteBytes(_buffer.AsSpan(_message), Length - _message);
        return this;
    }

    /// <summary>The header that the message's family wants after netlink's own.</summary>
    public NetlinkMessage Raw(params ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    public NetlinkMessage Raw(int value)
    {
        BitConverter.TryWriteBytes(Take(4), value);
        return this;
    }

    public NetlinkMessage Put(ushort type, ReadOnlySpan<byte> payload)
    {
        var attribute = Take(4 + payload.Length);
        BitConverter.TryWriteBytes(attribute, (ushort)(4 + payload.Length));
        BitConverter.TryWriteBytes(attribute[2..], type);
        payload.CopyTo(attribute[4..]);
        return this;
    }

    public NetlinkMessage Put(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BitConverter.TryWriteBytes(bytes, value);
        return Put(type, bytes);
    }

    public NetlinkMessage PutNetwork(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Put(type, bytes);
    }

    public NetlinkMessage Put(ushort type, string text) => Put(type, Encoding.UTF8.GetBytes(text + '\0'));

    public NetlinkMessage Put(ushort type, IPAddress address) => Put(type, address.GetAddressBytes());

    /// <summary>An attribute made of attributes.</summary>
    public NetlinkMessage Nest(ushort type, Action<NetlinkMessage> content)
    {
        var start = Length;
        Put((ushort)(type | NetlinkAttributes.Nested), []);
        content(this);
        BitConverter.TryWriteBytes(_buffer.AsSpan(start), (ushort)(Length - start));
        return this;
    }

    private Span<byte> Take(int size)
    {
        var padded = (size + 3) & ~3;
        if (Length + padded > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + padded));
        var taken = _buffer.AsSpan(Length, padded);
        taken.Clear();
        Length += padded;
        return taken[..size];
    }
}

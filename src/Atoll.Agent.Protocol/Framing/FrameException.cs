namespace Atoll.Agent.Protocol.Framing;

/// <summary>The other side does not speak the protocol, or the connection broke within a frame. The connection is of no further use.</summary>
public sealed class FrameException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The connection ended within a frame, which says nothing about the other side.</summary>
    public bool Cut { get; init; }
}

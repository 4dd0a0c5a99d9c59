namespace Atoll.Agent.Protocol.Client;

/// <summary>The agent cannot be reached, or what came from it is no answer of this protocol.</summary>
public sealed class AgentConnectionException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The connection stands, and the agent behind it does nothing any more.</summary>
    public bool Silent { get; init; }

    /// <summary>It was there, or refused, and is gone: the agent may well live, and be reached by another.</summary>
    public bool Broken { get; init; }
}

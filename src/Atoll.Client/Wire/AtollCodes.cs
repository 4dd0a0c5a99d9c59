namespace Atoll.Client.Wire;

/// <summary>Codes of failures that the client itself finds; all others are the server's own.</summary>
public static class AtollCodes
{
    /// <summary>No connection could be made.</summary>
    public const string Unreachable = "server_unreachable";

    /// <summary>The connection broke in the middle and could not be made again.</summary>
    public const string ConnectionLost = "connection_lost";

    /// <summary>Something answered, but not as this API does.</summary>
    public const string UnexpectedReply = "unexpected_reply";

    /// <summary>More output was produced than is kept, and this client was away for too long to get it.</summary>
    public const string OutputLost = "output_lost";
}

using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>
/// The native API of an Atoll server, typed.
/// <para>Every call that fails throws an <see cref="AtollException"/> with the API's stable code; nothing else is thrown for what a server, a network or a
/// sandbox may do. Cancelling throws <see cref="OperationCanceledException"/>, as usual.</para>
/// <para>Streams (<see cref="ProcessesClient.AttachAsync"/>, <see cref="EventsClient.FollowAsync"/>, logs) go on by themselves where they were when a connection breaks.</para>
/// <para>Threads: any member at any time. The client owns nothing: the <see cref="HttpClient"/> is the caller's, and so is its end.</para>
/// </summary>
/// <param name="http">Sends the requests and, through its handler, opens the WebSockets. Its own <see cref="HttpClient.Timeout"/> must be long enough for what is streamed: <see cref="Timeout.InfiniteTimeSpan"/> is usual.</param>
/// <param name="url">The server's origin, such as <c>http://127.0.0.1:7800</c>; a path in it is kept as a prefix.</param>
/// <param name="apiKey">The key that is sent with each request; null sends none.</param>
/// <param name="time">The clock that waits between attempts.</param>
public sealed class AtollClient(HttpClient http, Uri url, string? apiKey, TimeProvider? time = null)
{
    private readonly ApiConnection _connection = new(http, url, apiKey, time ?? TimeProvider.System);

    public ServiceClient Service => new(_connection);

    public SandboxesClient Sandboxes => new(_connection);

    public CheckpointsClient Checkpoints => new(_connection);

    public TransfersClient Transfers => new(_connection);

    public ExportsClient Exports => new(_connection);

    public VolumesClient Volumes => new(_connection);

    public KeysClient Keys => new(_connection);

    public TeamsClient Teams => new(_connection);

    public UsersClient Users => new(_connection);

    public AuditClient Audit => new(_connection);

    public EventsClient Events => new(_connection);

    public UsageClient Usage => new(_connection);

    /// <summary>Processes of one sandbox, by its id or name.</summary>
    public ProcessesClient Processes(string sandbox) => new(_connection, sandbox);

    /// <summary>Code in one sandbox, by its id or name.</summary>
    public CodeClient Code(string sandbox) => new(_connection, sandbox);

    /// <summary>Ports of one sandbox, by its id or name.</summary>
    public PortsClient Ports(string sandbox) => new(_connection, sandbox);

    /// <summary>Files of one sandbox, by its id or name.</summary>
    public FilesClient Files(string sandbox) => new(_connection, sandbox);
}

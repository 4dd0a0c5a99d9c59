using System.Globalization;
using Atoll.Client.Attaching;
using Atoll.Client.Http;
using Atoll.Client.Processes;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Processes of one sandbox. They outlive the connections that started them.</summary>
public sealed class ProcessesClient
{
    private readonly ApiConnection _connection;
    private readonly string _sandbox;

    internal ProcessesClient(ApiConnection connection, string sandbox) => (_connection, _sandbox) = (connection, sandbox);

    /// <summary>Starts a process, waits for its end and returns its output.</summary>
    public Task<ExecResult> ExecAsync(StartProcess request, CancellationToken cancellation) =>
        _connection.PostAsync(Query.Sandbox(_sandbox, "/exec"), request, AtollRequestJson.Default.StartProcess, AtollJson.Default.ExecResult, cancellation);

    /// <summary>Starts a process and returns when it runs. It goes on when the client goes away.</summary>
    public Task<ProcessInfo> StartAsync(StartProcess request, CancellationToken cancellation) =>
        _connection.PostAsync(Query.Sandbox(_sandbox, "/processes"), request, AtollRequestJson.Default.StartProcess, AtollJson.Default.ProcessInfo, cancellation);

    /// <summary>Living and lately ended ones, oldest first.</summary>
    public async Task<IReadOnlyList<ProcessInfo>> ListAsync(CancellationToken cancellation) =>
        (await _connection.GetAsync(Query.Sandbox(_sandbox, "/processes"), AtollJson.Default.AtollPageProcessInfo, cancellation)).Items;

    public Task<ProcessInfo> GetAsync(int pid, CancellationToken cancellation) => _connection.GetAsync(At(pid), AtollJson.Default.ProcessInfo, cancellation);

    /// <param name="signal">A name (<c>SIGTERM</c>) or a number.</param>
    /// <param name="group">To the process's group; false is the process alone.</param>
    public Task SignalAsync(int pid, string signal, bool group, CancellationToken cancellation) =>
        _connection.PostAsync(At(pid, "/signal"), new SignalProcess(signal, group), AtollRequestJson.Default.SignalProcess, cancellation);

    /// <summary>Sets the size of a process's terminal.</summary>
    public Task ResizeAsync(int pid, TerminalDimensions size, CancellationToken cancellation) =>
        _connection.PostAsync(At(pid, "/resize"), new ResizeTerminal(size.Cols, size.Rows), AtollRequestJson.Default.ResizeTerminal, cancellation);

    /// <summary>Connects to a process's output and input.</summary>
    /// <param name="offset">Output from here on; 0 is from the oldest byte kept, -1 from now on.</param>
    /// <param name="pacing">Lets a process that was started paced wait for this client, so that nothing is lost to it.</param>
    public async Task<AttachedProcess> AttachAsync(int pid, long offset, bool pacing, CancellationToken cancellation)
    {
        var attached = new AttachedProcess(_connection, At(pid, "/attach"), offset, pacing);
        try
        {
            await attached.BeginAsync(cancellation);
            return attached;
        }
        catch
        {
            await attached.DisposeAsync();
            throw;
        }
    }

    private string At(int pid, string rest = "") => Query.Sandbox(_sandbox, string.Create(CultureInfo.InvariantCulture, $"/processes/{pid}{rest}"));
}

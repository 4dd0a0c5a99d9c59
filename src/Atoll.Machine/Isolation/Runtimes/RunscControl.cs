using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// The sentry's own control socket (gVisor's pkg/urpc: one JSON object each way on a stream, no framing, files beside it), for the few calls that are worth it: a <c>runsc</c> that makes
/// one costs 30 ms, the call itself 1.
/// </summary>
internal sealed class RunscControl(string socket, TimeSpan limit)
{
    public const string Pause = "containerManager.Pause";
    public const string Resume = "containerManager.Resume";
    public const string Checkpoint = "containerManager.Checkpoint";
    public const string Restore = "containerManager.Restore";
    public const string CreateLinks = "Network.CreateLinksAndRoutes";
    private const string Stacks = "debug.Stacks";

    private const int MostBytes = 64 * 1024 * 1024;

    /// <summary>The goroutine of a task, and one of a task that has been stopped.</summary>
    private const string TaskFrame = "kernel.(*Task).run(";
    private const string StoppedFrame = "kernel.(*Task).doStop(";

    /// <summary>
    /// Where runsc has it: beside its state, if its path is short enough to be one of a socket. Null: elsewhere, and runsc must be asked.
    /// </summary>
    public static RunscControl? Find(RunDirectory directory, Core.Sandboxes.SandboxId id, TimeSpan limit)
    {
        var path = SocketOf(directory, id);
        return File.Exists(path) ? new(path, limit) : null;
    }

    public static string SocketOf(RunDirectory directory, Core.Sandboxes.SandboxId id) => Path.Combine(directory.State, $"runsc-{id}.sock");

    /// <param name="argument">JSON.</param>
    /// <param name="files">Descriptors that go with it.</param>
    public async Task<Result<Done>> CallAsync(string method, string argument = "null", params IReadOnlyList<SafeFileHandle> files) => (await AskAsync(method, argument, files)).Map(_ => Done.Value);

    /// <summary>Whether all its tasks are stopped, as after a pause.</summary>
    public async Task<Result<bool>> IsPausedAsync()
    {
        if (!(await AskAsync(Stacks, "null", [])).TryGet(out var stacks, out var fault)) return fault;
        var text = stacks.ValueKind is JsonValueKind.String ? stacks.GetString()! : "";
        var tasks = Count(text, TaskFrame);
        return tasks > 0 && Count(text, StoppedFrame) >= tasks;
    }

    private static int Count(string text, string part)
    {
        var found = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal)) found++;
        return found;
    }

    private async Task<Result<JsonElement>> AskAsync(string method, string argument, IReadOnlyList<SafeFileHandle> files)
    {
        using var expiry = new CancellationTokenSource(limit);
        try
        {
            using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), expiry.Token);
            var call = Encoding.UTF8.GetBytes($$"""{"method":"{{method}}","arg":{{argument}}}""");
            if (files.Count == 0) await connection.SendAsync(call, SocketFlags.None, expiry.Token);
            else DescriptorMessage.Send(connection, call, files);
            return await AnswerAsync(connection, method, expiry.Token);
        }
        catch (Exception failure) when (failure is SocketException or SyscallException)
        {
            return Failed($"'{method}' could not be asked of it: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            return Failed($"it did not answer '{method}' within {limit.TotalSeconds:0.#} s");
        }
    }

    /// <summary>Read until what has come is a whole object.</summary>
    private static async Task<Result<JsonElement>> AnswerAsync(Socket connection, string method, CancellationToken cancellation)
    {
        using var received = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (received.Length < MostBytes && await connection.ReceiveAsync(buffer, cancellation) is > 0 and var read)
        {
            received.Write(buffer, 0, read);
            if (buffer[read - 1] is not ((byte)'}' or (byte)'\n') || !TryParse(received, out var answer)) continue;
            if (answer.GetProperty("success").GetBoolean()) return answer.GetProperty("result");
            return Failed($"it refused '{method}': {answer.GetProperty("err").GetString()}");
        }

        return Failed($"it broke off in its answer to '{method}'");
    }

    private static bool TryParse(MemoryStream received, out JsonElement answer)
    {
        var reader = new Utf8JsonReader(received.GetBuffer().AsSpan(0, (int)received.Length));
        try
        {
            answer = JsonElement.ParseValue(ref reader);
            return answer.ValueKind is JsonValueKind.Object && answer.TryGetProperty("success", out _);
        }
        catch (JsonException)
        {
            // Not all of it yet.
            answer = default;
            return false;
        }
    }

    private static Fault Failed(string why) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"The sandbox's sentry: {why}.", "The sandbox goes on.");
}

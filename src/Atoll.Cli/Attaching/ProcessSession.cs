using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Cli.Terminals;
using Atoll.Client;
using Atoll.Client.Attaching;
using Atoll.Client.Processes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Attaching;

/// <summary>
/// Runs one process in a sandbox with this program's standard streams as its own, from start to exit status.
/// <para>Without a terminal: Ctrl-C goes to the process as SIGINT, a second one ends our waiting. With one: stdin is raw, so Ctrl-C is a byte like others,
/// and the terminal's size follows ours. What else ends us (SIGTERM, SIGHUP, nobody reading our output) ends the process too: it has nobody left.</para>
/// </summary>
internal sealed class ProcessSession(CommandContext context, string sandbox)
{
    // Long enough for a server that is slow, short enough for someone who wants to leave.
    private static readonly TimeSpan LastCall = TimeSpan.FromSeconds(5);

    private readonly ProcessesClient _processes = context.Client.Processes(sandbox);

    /// <summary>Returns its exit status.</summary>
    /// <param name="request">What to run; streams are set here.</param>
    /// <param name="input">Our stdin becomes its stdin.</param>
    /// <param name="terminal">It gets a terminal.</param>
    public async Task<int> RunAsync(StartProcess request, bool input, bool terminal, CancellationToken cancellation)
    {
        request = request with { KeepStdinOpen = input ? true : null, Paced = true, Pty = terminal ? WindowSize.Now() : null };
        var process = await _processes.StartAsync(request, cancellation);
        if (context.Output.Json) context.Output.JsonLine(new StreamJson("started") { Sandbox = sandbox, Pid = process.Pid }, StreamJsonContext.Default.StreamJson);
        try
        {
            return await FollowAsync(process.Pid, input, terminal, cancellation);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException)
        {
            await EndAsync(process.Pid);
            throw;
        }
    }

    private async Task<int> FollowAsync(int pid, bool input, bool terminal, CancellationToken cancellation)
    {
        await using var attached = await _processes.AttachAsync(pid, 0, pacing: true, cancellation);
        using var raw = terminal && input ? RawTerminal.Enter() : null;
        using var resized = terminal ? WindowSize.OnChange(() => Forget(_processes.ResizeAsync(pid, WindowSize.Now(), cancellation))) : null;
        if (!terminal) context.Interrupts.TakeCtrlC = OnceSignalled(pid, cancellation);
        using var inputEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (input) Forget(new InputPump(attached, context.Output.ErrorLine).RunAsync(inputEnd.Token));
        try
        {
            return await DrainAsync(attached, cancellation);
        }
        finally
        {
            context.Interrupts.TakeCtrlC = null;
            await inputEnd.CancelAsync();
        }
    }

    private async Task<int> DrainAsync(AttachedProcess attached, CancellationToken cancellation)
    {
        IOutputSink sink = context.Output.Json ? new JsonSink(context.Output) : new ByteSink(context.Output);
        long lost = 0;
        await foreach (var chunk in attached.ReadAsync(cancellation))
        {
            lost += chunk.LostBytes;
            sink.Write(chunk);
        }

        var end = attached.End!;
        if (context.Output.Json) context.Output.JsonLine(new StreamJson("exit") { ExitCode = end.ExitCode, Signal = end.Signal, TimedOut = end.TimedOut }, StreamJsonContext.Default.StreamJson);
        else if (end.TimedOut) context.Output.ErrorLine("atoll: the command was ended: its time limit was reached");
        if (lost > 0) throw new CliException(AtollCodes.OutputLost, $"{lost} bytes of output were lost while the connection was away; the command ended with {end.ExitCode}.", "Let the command write to a file in the sandbox, and copy it with: atoll cp");
        return end.ExitCode;
    }

    private Func<bool> OnceSignalled(int pid, CancellationToken cancellation)
    {
        var times = 0;
        return () =>
        {
            if (Interlocked.Increment(ref times) > 1) return false;
            Forget(_processes.SignalAsync(pid, "SIGINT", group: true, cancellation));
            return true;
        };
    }

    // We leave for good: a process that nobody follows must not go on by accident.
    private async Task EndAsync(int pid)
    {
        try
        {
            using var limit = new CancellationTokenSource(LastCall, context.Time);
            await _processes.SignalAsync(pid, "SIGTERM", group: true, limit.Token);
        }
        catch (Exception failure) when (failure is AtollException or OperationCanceledException)
        {
            // It has ended already, or nobody can be told: both are the sandbox's timeout's to settle.
            return;
        }
    }

    // Side work whose failure shows elsewhere: a lost connection ends the reading, and an ended process needs no signal.
    private static void Forget(Task task) => task.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}

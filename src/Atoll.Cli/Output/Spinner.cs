namespace Atoll.Cli.Output;

/// <summary>
/// Says on stderr that something is being waited for: only on a terminal, and only once it has taken a second, so that what is quick stays silent.
/// Dispose it before anything else is written.
/// </summary>
internal sealed class Spinner : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _turning;

    public Spinner(CliOutput output, TimeProvider time, Func<string> text) =>
        _turning = output is { StderrIsTerminal: true, Json: false } ? TurnAsync(output, time, text) : Task.CompletedTask;

    public Spinner(CliOutput output, TimeProvider time, string text)
        : this(output, time, () => text)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _turning;
        _stop.Dispose();
    }

    private async Task TurnAsync(CliOutput output, TimeProvider time, Func<string> text)
    {
        var drawn = false;
        try
        {
            await Task.Delay(Patience, time, _stop.Token);
            for (var frame = 0; ; frame++)
            {
                output.Error($"\r\e[K{Frames[frame % Frames.Length]} {text()}");
                drawn = true;
                await Task.Delay(Step, time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            if (drawn) output.Error("\r\e[K");
        }
    }
}

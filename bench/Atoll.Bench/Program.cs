using System.Runtime.InteropServices;
using Atoll.Bench;
using Atoll.Bench.Running;

if (!Arguments.TryParse(args, out var arguments, out var wrong))
{
    await Console.Error.WriteLineAsync(wrong);
    return 2;
}

// What is stopped half way still takes everything off the host again.
using var stop = new CancellationTokenSource();
Action<PosixSignalContext> end = context =>
{
    context.Cancel = true;
    stop.Cancel();
};
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, end);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, end);
return await BenchCommand.RunAsync(arguments, stop.Token);

using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Starting;

/// <summary>
/// One create after the other, the bare tools in between, in an order that turns with each round: whatever else the machine does hits all alike. The warm pool is full
/// again, and what the create before has left is gone, before the next one is timed.
/// </summary>
internal sealed class Sequential(BenchContext bench, RunningServer server, int memoryMiB)
{
    /// <summary>A server that has just started compiles its code twice: at the first call and, better, after some thirty.</summary>
    private const int ServerWarmups = 40;
    private const int Warmups = 3;

    public FirstCommand Container { get; } = new(server, server.PlainSandboxes, Bodies.Sandbox("minimal", Isolations.Container, memoryMiB));

    /// <summary>Null: this host has none.</summary>
    public FirstCommand? GVisor { get; private set; }

    public Samples Runc { get; private set; } = new();

    public Samples Runsc { get; private set; } = new();

    public Samples Bwrap { get; private set; } = new();

    public async Task RunAsync(int rounds, CancellationToken cancellation)
    {
        if (await server.Sandboxes.OffersAsync(Isolations.GVisor, cancellation)) GVisor = new FirstCommand(server, server.PlainSandboxes, Bodies.Sandbox("minimal", Isolations.GVisor, memoryMiB));
        await WarmUpAsync(cancellation);
        var steps = Steps().ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var step = 0; step < steps.Length; step++)
            {
                await server.SettleAsync(cancellation);
                await steps[(round + step) % steps.Length](cancellation);
            }
        }
    }

    public static async Task WarmUpAsync(RunningServer server, int memoryMiB, CancellationToken cancellation)
    {
        var unseen = new FirstCommand(server, server.Sandboxes, Bodies.Sandbox("minimal", Isolations.Container, memoryMiB));
        for (var round = 0; round < ServerWarmups; round++) await OneAsync(unseen, cancellation);
    }

    private IEnumerable<Func<CancellationToken, Task>> Steps()
    {
        yield return stop => OneAsync(Container, stop);
        yield return _ => BareAsync(Runc, () => bench.Bare.RunTrueAsync(bench.Bare.Runc));
        if (GVisor is { } gvisor) yield return stop => OneAsync(gvisor, stop);
        if (bench.Bare.Runsc is { } runsc) yield return _ => BareAsync(Runsc, () => bench.Bare.RunTrueAsync(runsc));
        if (bench.Bare.Bwrap is not null) yield return _ => BareAsync(Bwrap, bench.Bare.BwrapTrueAsync);
    }

    /// <summary>The same on things that nobody looks at: code is compiled, files are read.</summary>
    private async Task WarmUpAsync(CancellationToken cancellation)
    {
        await WarmUpAsync(server, memoryMiB, cancellation);
        var unseen = new Sequential(bench, server, memoryMiB) { GVisor = GVisor is null ? null : new FirstCommand(server, server.PlainSandboxes, Bodies.Sandbox("minimal", Isolations.GVisor, memoryMiB)) };
        foreach (var step in unseen.Steps())
        {
            for (var round = 0; round < Warmups; round++)
            {
                await server.SettleAsync(cancellation);
                await step(cancellation);
            }
        }
    }

    private static async Task OneAsync(FirstCommand command, CancellationToken cancellation)
    {
        await command.RunAsync(cancellation);
        await command.CleanAsync(cancellation);
    }

    private static async Task BareAsync(Samples samples, Func<Task<double>> run)
    {
        try
        {
            samples.Add(await run());
        }
        catch (InvalidOperationException failure)
        {
            samples.Fail(failure.Message);
        }
    }
}

using Atoll.Machine.Hosting;
using Atoll.Machine.Sandboxes;
using Atoll.Server.Composition;

namespace Atoll.Server.Verbs;

/// <summary><c>atoll-server sweep --all</c>: removes everything that this installation made on the host. Refused while a server runs.</summary>
internal static class SweepVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ["--all"])
        {
            await Console.Error.WriteLineAsync("atoll-server: sweep removes every sandbox, network, template and all state of this installation. Say so: sweep --all");
            return ExitCodes.Usage;
        }

        await using var host = MachineHost.Create();
        using var alone = host.GetRequiredService<InstanceLock>();
        if (alone.Take().Fault is { } taken)
        {
            await Console.Error.WriteLineAsync($"atoll-server: {taken.Detail} {taken.Hint}");
            return ExitCodes.Failure;
        }

        var faults = await host.GetRequiredService<MachineErasure>().EraseAsync(new ConsoleProgress(), CancellationToken.None);
        foreach (var fault in faults) await Console.Error.WriteLineAsync($"atoll-server: {fault.Detail} {fault.Hint}");
        if (faults.Count == 0) ClientConfigCleanup.Run(host.GetRequiredService<IConfiguration>());
        return faults.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}

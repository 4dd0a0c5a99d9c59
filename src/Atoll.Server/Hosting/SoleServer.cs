using Atoll.Core.Machines;
using Atoll.Machine.Hosting;

namespace Atoll.Server.Hosting;

/// <summary>Holds the state directory for this process from before anything else starts until it ends, and leaves its pid where scripts look for it (<c>--pid-file</c>).</summary>
internal sealed class SoleServer(InstanceLock state, IConfiguration configuration) : IHostedLifecycleService
{
    /// <exception cref="MachineUnavailableException">Another server has it.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (state.Take().Fault is { } taken) throw new MachineUnavailableException(taken);
        if (configuration["pid-file"] is { } path) File.WriteAllText(path, $"{Environment.ProcessId}\n");
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (configuration["pid-file"] is { } path) File.Delete(path);
        return Task.CompletedTask;
    }
}

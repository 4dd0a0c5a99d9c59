using Atoll.Core.Faults;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Hosting;

/// <summary>
/// One server per state directory: whoever holds the lock file open exclusively. The kernel lets go of it when the process ends, however it ends, so that
/// a killed server never locks out the next.
/// </summary>
public sealed class InstanceLock(IOptions<MachineOptions> options) : IDisposable
{
    private FileStream? _file;

    public Result<Done> Take()
    {
        var path = Path.Combine(HostFolders.MakePrivate(options.Value.StateDirectory), "lock");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return Done.Value;
        }
        catch (IOException)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.State,
                $"Another server uses {options.Value.StateDirectory} (it holds {path}).",
                "Stop it first (./stop), or give this one a state directory, instance name, address range and URL of its own.");
        }
    }

    public void Dispose() => _file?.Dispose();
}

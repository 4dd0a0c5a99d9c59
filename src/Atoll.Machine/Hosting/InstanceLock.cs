using Atoll.Core.Faults;
using Atoll.Machine.Native;
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
        var path = Path.Combine(options.Value.StateDirectory, "lock");
        try
        {
            HostFolders.MakePrivate(options.Value.StateDirectory);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return Done.Value;
        }
        catch (IOException failure) when (failure.HResult == Errno.TryAgain)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.State,
                $"Another server uses {options.Value.StateDirectory} (it holds {path}).",
                "Stop it first (./stop), or give this one a state directory, instance name, address range and URL of its own.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.State,
                $"The state directory cannot be written: {failure.Message}.", "Free space there, make it writable, or choose another Machine:StateDirectory.");
        }
    }

    public void Dispose() => _file?.Dispose();
}

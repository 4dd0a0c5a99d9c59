using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes;

internal sealed class SandboxOptionsValidator : IValidateOptions<SandboxOptions>
{
    public ValidateOptionsResult Validate(string? name, SandboxOptions options)
    {
        List<string> errors = [];
        var defaults = options.Defaults;
        Check(options.MaxLiving >= 0, "MaxLiving must be 0 or more.");
        Check(options.MaxAtRest >= 0, "MaxAtRest must be 0 or more.");
        Check(options.KeepFaultedSeconds is 0 or (>= 60 and <= int.MaxValue), "KeepFaultedSeconds must be 60 to 2147483647, or 0 for ever.");
        Check(options.WakeWaitSeconds is >= 1 and <= 600, "WakeWaitSeconds must be 1 to 600.");
        Check(options.MostLeases is >= 1 and <= 1000, "MostLeases must be 1 to 1000.");
        Check(options.MemoryOvercommit is >= 0.1 and <= 1000, "MemoryOvercommit must be 0.1 to 1000.");
        Check(options.IdleCores is >= 0 and <= 1024, "IdleCores must be 0 to 1024.");
        Check(options.IdleProbeSeconds is >= 0.1 and <= 600, "IdleProbeSeconds must be 0.1 to 600.");
        Check(options.UsageIntervalSeconds is >= 1 and <= 3600, "UsageIntervalSeconds must be 1 to 3600.");
        Check(options.MaxPorts is >= 0 and <= 1024, "MaxPorts must be 0 to 1024.");
        Check(options.Parallelism is >= 1 and <= 1024, "Parallelism must be 1 to 1024.");
        Check(!string.IsNullOrWhiteSpace(defaults.Template), "Defaults:Template must not be empty.");
        Check(Enum.IsDefined(defaults.Isolation), "Defaults:Isolation must be one of: gvisor, container.");
        Check(defaults.Cpu is >= 0.1 and <= 1024, "Defaults:Cpu must be 0.1 to 1024.");
        Check(defaults.MemoryMiB >= 128, "Defaults:MemoryMiB must be at least 128.");
        Check(defaults.DiskMiB >= 16, "Defaults:DiskMiB must be at least 16.");
        Check(defaults.Processes is >= 8 and <= 32768, "Defaults:Processes must be 8 to 32768.");
        Check(defaults.TimeoutSeconds is >= 0 and <= int.MaxValue, "Defaults:TimeoutSeconds must be 0 to 2147483647.");
        Check(defaults.IdleSeconds is >= 0 and <= int.MaxValue, "Defaults:IdleSeconds must be 0 to 2147483647.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool holds, string error)
        {
            if (!holds) errors.Add($"Sandboxes:{error}");
        }
    }
}

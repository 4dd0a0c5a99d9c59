using Microsoft.Extensions.Options;

namespace Atoll.Machine.Warm;

internal sealed class WarmOptionsValidator : IValidateOptions<WarmOptions>
{
    private const int Most = 10_000;

    public ValidateOptionsResult Validate(string? name, WarmOptions options)
    {
        var wrong = new List<string>();
        if (options.Floor is < 0 or > Most) wrong.Add($"WarmPool:Floor must be 0 to {Most}.");
        if (options.Ceiling is < 0 or > Most) wrong.Add($"WarmPool:Ceiling must be 0 to {Most}.");
        if (options.MemoryMiB < 0) wrong.Add("WarmPool:MemoryMiB must be 0 (an eighth of the host's memory) or more.");
        if (options.Parallelism is < 0 or > 64) wrong.Add("WarmPool:Parallelism must be 0 (one for every two cores) to 64.");
        if (options.Memory < TimeSpan.FromSeconds(10) || options.Memory > TimeSpan.FromDays(1)) wrong.Add("WarmPool:Memory must be 10 seconds to a day.");
        if (options.Quiet < TimeSpan.Zero || options.Quiet > TimeSpan.FromSeconds(2)) wrong.Add("WarmPool:Quiet must be 0 to 2 seconds.");
        for (var index = 0; index < options.Keep.Count; index++)
        {
            var floor = options.Keep[index];
            if (floor.Count is < 0 or > Most) wrong.Add($"WarmPool:Keep:{index}:Count must be 0 to {Most}.");
            if (floor.Isolation is { } kind && !Enum.IsDefined(kind)) wrong.Add($"WarmPool:Keep:{index}:Isolation must be GVisor or Container.");
            if (floor.Cpu is <= 0) wrong.Add($"WarmPool:Keep:{index}:Cpu must be above 0.");
            if (floor.MemoryMiB is <= 0) wrong.Add($"WarmPool:Keep:{index}:MemoryMiB must be above 0.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

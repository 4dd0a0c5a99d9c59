using Microsoft.Extensions.Options;

namespace Atoll.Machine.Hosting;

internal sealed class MachineOptionsValidator : IValidateOptions<MachineOptions>
{
    private const int MaxInstanceLength = 8;
    private const int MaxStarts = 256;

    public ValidateOptionsResult Validate(string? name, MachineOptions options)
    {
        var wrong = new List<string>();
        var instance = options.Instance;
        if (instance.Length is 0 or > MaxInstanceLength || !char.IsAsciiLetterLower(instance[0]) || !instance.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            wrong.Add($"Machine:Instance '{instance}' must be 1 to {MaxInstanceLength} lower-case letters or digits, a letter first (it begins interface names, which hold 15).");
        if (!Path.IsPathFullyQualified(options.StateDirectory)) wrong.Add($"Machine:StateDirectory '{options.StateDirectory}' must be an absolute path.");
        if (!Path.IsPathFullyQualified(options.RuntimeDirectory)) wrong.Add($"Machine:RuntimeDirectory '{options.RuntimeDirectory}' must be an absolute path.");
        if (!Path.IsPathFullyQualified(options.AgentPath)) wrong.Add($"Machine:AgentPath '{options.AgentPath}' must be an absolute path.");
        if (!Path.IsPathFullyQualified(options.SudoPath)) wrong.Add($"Machine:SudoPath '{options.SudoPath}' must be an absolute path.");
        if (options.StartsAtOnce is < 0 or > MaxStarts) wrong.Add($"Machine:StartsAtOnce must be 0 (two for each core) to {MaxStarts}.");
        if (options.SandboxWeight is < 1 or > 100) wrong.Add("Machine:SandboxWeight must be 1 to 100 (percent of a process of the host).");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Warm;

/// <summary>
/// What of a sandbox cannot be changed once it is started, so that only a warm one with the same can be claimed. A container's limits can all be changed; what gVisor shows
/// inside as cores and memory is fixed when its sentry starts.
/// </summary>
internal readonly record struct WarmKey(string Template, IsolationKind Isolation, double? Cpu, int? MemoryMiB)
{
    public static WarmKey For(SandboxSpec spec) => For(spec.Template, spec.Isolation, spec.Limits);

    public static WarmKey For(string template, IsolationKind isolation, SandboxLimits limits) =>
        isolation is IsolationKind.Container ? new(template, isolation, null, null) : new(template, isolation, limits.Cpu, limits.MemoryMiB);

    public override string ToString() => Cpu is null ? $"{Template}/{Isolation}" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Template}/{Isolation}/{Cpu}x{MemoryMiB}MiB");
}

using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciSeccomp(string DefaultAction, uint DefaultErrnoRet, ImmutableArray<string> Architectures, ImmutableArray<OciSyscallRule> Syscalls)
{
    /// <summary>
    /// Refusals that come after all of <see cref="Syscalls"/>: what a call that is allowed by its arguments answers when none fits. Our own filter has them; libseccomp would drop the others for
    /// them, so that OCI runtimes answer <see cref="DefaultErrnoRet"/> there.
    /// </summary>
    [JsonIgnore]
    public ImmutableArray<OciSyscallRule> Otherwise { get; init; } = [];

    /// <summary>The same without a word about this call: in a profile that names what it refuses, it is allowed.</summary>
    public OciSeccomp Without(string call) => this with { Syscalls = [.. Syscalls.Select(rule => rule with { Names = rule.Names.Remove(call) })] };
}

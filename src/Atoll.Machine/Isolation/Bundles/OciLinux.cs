using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciLinux(
    string CgroupsPath,
    OciResources Resources,
    ImmutableArray<OciNamespace> Namespaces,
    OciSeccomp? Seccomp,
    ImmutableArray<string> MaskedPaths,
    ImmutableArray<string> ReadonlyPaths);

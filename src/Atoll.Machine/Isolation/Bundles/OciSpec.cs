using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary><c>config.json</c> of the OCI runtime specification 1.0.2, the part of it that we use.</summary>
internal sealed record OciSpec(string OciVersion, OciProcess Process, OciRoot Root, string Hostname, ImmutableArray<OciMount> Mounts, OciLinux Linux);

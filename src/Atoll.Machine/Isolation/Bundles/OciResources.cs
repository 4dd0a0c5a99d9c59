using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciResources(OciMemory Memory, OciCpu Cpu, OciPids Pids, ImmutableArray<OciDeviceRule> Devices);

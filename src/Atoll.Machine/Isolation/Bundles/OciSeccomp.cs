using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciSeccomp(string DefaultAction, uint DefaultErrnoRet, ImmutableArray<string> Architectures, ImmutableArray<OciSyscallRule> Syscalls);

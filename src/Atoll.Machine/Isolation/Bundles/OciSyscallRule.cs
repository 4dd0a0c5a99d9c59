using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

/// <param name="Args">All of them must hold, provided that no two name the same argument: libseccomp's users read those as "or".</param>
internal sealed record OciSyscallRule(ImmutableArray<string> Names, string Action, uint? ErrnoRet = null, ImmutableArray<OciSyscallArgument>? Args = null);

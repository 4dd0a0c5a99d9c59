using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciProcess(
    bool Terminal,
    OciUser User,
    ImmutableArray<string> Args,
    ImmutableArray<string> Env,
    string Cwd,
    OciCapabilities Capabilities,
    ImmutableArray<OciRlimit> Rlimits,
    bool NoNewPrivileges,
    int OomScoreAdj);

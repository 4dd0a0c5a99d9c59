using System.Collections.Immutable;

namespace Atoll.Core.Code.Interpreters;

/// <param name="Nonce">32 hexadecimal digits that nothing in the sandbox can know before: frames of this request bear them.</param>
/// <param name="Cwd">For this execution; null leaves it.</param>
/// <param name="FirstCwd">What a blank interpreter takes on for good; null for others.</param>
internal sealed record DriverRequest(
    string Nonce, string Code, string? Cwd, ImmutableDictionary<string, string> Env, string? FirstCwd, ImmutableDictionary<string, string> FirstEnv, int MaxResultBytes);

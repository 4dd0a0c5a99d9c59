using System.Collections.Immutable;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>What the checkpoint says of its sandbox that is of use elsewhere. Secrets by reference, team, limits, network and time limits stay where they were.</summary>
internal sealed record ExportedSandbox(
    string Template, string Isolation, string User, string WorkingDirectory, ImmutableDictionary<string, string> Env, ImmutableDictionary<string, string> Metadata);

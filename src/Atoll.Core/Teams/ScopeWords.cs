using System.Collections.Immutable;

namespace Atoll.Core.Teams;

/// <summary>Scopes as people and programs write them. A preset is a word for several; what is answered is always the single ones.</summary>
public static class ScopeWords
{
    /// <summary>In the order in which they are listed.</summary>
    public static ImmutableArray<(string Word, KeyScopes Scopes)> Single { get; } =
    [
        ("sandboxes:read", KeyScopes.SandboxesRead),
        ("sandboxes:write", KeyScopes.SandboxesWrite),
        ("exec", KeyScopes.Exec),
        ("files:read", KeyScopes.FilesRead),
        ("files:write", KeyScopes.FilesWrite),
        ("keys", KeyScopes.Keys),
        ("team", KeyScopes.Team),
        ("audit", KeyScopes.Audit),
        ("operator", KeyScopes.Operator),
    ];

    public static ImmutableArray<(string Word, KeyScopes Scopes)> Presets { get; } = [("full", KeyScopes.Full), ("read-only", KeyScopes.ReadOnly)];

    public static bool TryParse(string word, out KeyScopes scopes)
    {
        scopes = Single.Concat(Presets).FirstOrDefault(pair => pair.Word == word).Scopes;
        return scopes is not KeyScopes.None;
    }

    public static IReadOnlyList<string> Of(KeyScopes scopes) => [.. Single.Where(pair => scopes.HasFlag(pair.Scopes)).Select(pair => pair.Word)];

    /// <summary>Every word there is, presets too, for messages.</summary>
    public static string All { get; } = string.Join(", ", Single.Concat(Presets).Select(pair => pair.Word));
}

namespace Atoll.Core.Code.Running;

/// <summary>What the tag of an interpreter's process says: <c>~code~language~id~name</c>, the name possibly empty. By it a server finds contexts that it did not make.</summary>
internal sealed record ContextTag(CodeLanguage Language, string Id, string? Name)
{
    /// <summary>Tags that callers may not give to their own processes.</summary>
    public const string Prefix = "~";

    public static ContextTag? Parse(string? tag) =>
        tag?.Split('~') is ["", "code", var word, { Length: > 0 } id, var name] && CodeLanguages.TryParse(word, out var language) ? new(language, id, name.Length == 0 ? null : name) : null;

    /// <summary>Made by its language alone, or with a user.</summary>
    public bool IsDefault => Id == CodeLanguages.WordOf(Language) || User is not null;

    /// <summary>Of a default context that is not the sandbox's own user's; else null.</summary>
    public string? User => Id.StartsWith(CodeLanguages.WordOf(Language) + "@", StringComparison.Ordinal) ? Id[(CodeLanguages.WordOf(Language).Length + 1)..] : null;

    public override string ToString() => $"~code~{CodeLanguages.WordOf(Language)}~{Id}~{Name}";
}

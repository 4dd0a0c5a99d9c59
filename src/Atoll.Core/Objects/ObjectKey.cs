using System.Diagnostics.CodeAnalysis;

namespace Atoll.Core.Objects;

/// <summary>
/// An object's key: names joined by <c>/</c>, each 1 to 100 lower-case letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, and none of them beginning with a <c>.</c>; at most 200 characters in all. So
/// it is a relative path that leads nowhere else on any file system, and needs no escaping in a URL.
/// </summary>
public readonly record struct ObjectKey
{
    public const int MaxLength = 200;
    private const int MaxName = 100;

    private ObjectKey(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, out ObjectKey key)
    {
        var valid = text is { Length: > 0 and <= MaxLength } && text.Split('/').All(IsName);
        key = valid ? new(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException"><paramref name="text"/> is no key.</exception>
    public static ObjectKey Parse(string text) => TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is no key of an object.");

    public override string ToString() => Value;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxName && name[0] != '.' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
}

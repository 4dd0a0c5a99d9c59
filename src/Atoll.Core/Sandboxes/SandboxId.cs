using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Atoll.Core.Sandboxes;

/// <summary>
/// A sandbox's id: <c>s</c> and 20 lower-case letters or digits (103 random bits). Official clients constrain the form to
/// lower-case alphanumerics, and it must fit in a DNS label beside a port. Never guessable, never reused.
/// </summary>
[GenerateSerializer, Immutable]
public readonly record struct SandboxId
{
    public const int Length = 21;
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    private SandboxId(string value) => Value = value;

    [Id(0)]
    public string Value { get; }

    public static SandboxId New() => new("s" + RandomNumberGenerator.GetString(Alphabet, Length - 1));

    public static bool TryParse([NotNullWhen(true)] string? text, out SandboxId id)
    {
        var valid = text is { Length: Length } && text[0] == 's' && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c));
        id = valid ? new(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException"><paramref name="text"/> is no sandbox id.</exception>
    public static SandboxId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no sandbox id.");

    public override string ToString() => Value;
}

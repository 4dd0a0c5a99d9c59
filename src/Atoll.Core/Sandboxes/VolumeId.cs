using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Atoll.Core.Sandboxes;

/// <summary>A volume's id: <c>v</c> and 20 lower-case letters or digits, so that it is never taken for a sandbox's. It is also a file name on the host. Never reused.</summary>
[GenerateSerializer, Immutable]
public readonly record struct VolumeId
{
    public const int Length = 21;
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    private VolumeId(string value) => Value = value;

    [Id(0)]
    public string Value { get; }

    public static VolumeId New() => new("v" + RandomNumberGenerator.GetString(Alphabet, Length - 1));

    public static bool TryParse([NotNullWhen(true)] string? text, out VolumeId id)
    {
        var valid = text is { Length: Length } && text[0] == 'v' && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c));
        id = valid ? new(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException"><paramref name="text"/> is no volume id.</exception>
    public static VolumeId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no volume id.");

    public override string ToString() => Value;
}

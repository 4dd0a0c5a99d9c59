using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Atoll.Core.Teams;

/// <summary>How keys are made, recognised and hashed.</summary>
internal static class ApiKeys
{
    public const string Start = "atoll_";
    public const string TeamStart = "team_";
    public const string UserStart = "user_";
    private const int RandomLength = 43;
    private const int PrefixLength = 12;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string LowerAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>43 of 62 characters: 256 random bits.</summary>
    public static string NewSecret() => Start + RandomNumberGenerator.GetString(Alphabet, RandomLength);

    public static string NewKeyId() => "key_" + RandomNumberGenerator.GetString(LowerAlphabet, 12);

    public static TeamId NewTeamId() => new(TeamStart + RandomNumberGenerator.GetString(LowerAlphabet, 16));

    public static string NewUserId() => UserStart + RandomNumberGenerator.GetString(LowerAlphabet, 12);

    public static string PrefixOf(string secret) => secret[..PrefixLength];

    /// <summary>What cannot be a key is not worth a hash or a look-up.</summary>
    public static bool HasForm(string text) =>
        text.Length == Start.Length + RandomLength && text.StartsWith(Start, StringComparison.Ordinal) && text.AsSpan(Start.Length).IndexOfAnyExcept(Characters) < 0;

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
}

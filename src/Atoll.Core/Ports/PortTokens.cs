using System.Security.Cryptography;
using System.Text;

namespace Atoll.Core.Ports;

/// <summary>How port tokens are made, recognised and hashed.</summary>
internal static class PortTokens
{
    private const string Start = "atoll_port_";
    private const int RandomLength = 43;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>43 of 62 characters: 256 random bits.</summary>
    public static string New() => Start + RandomNumberGenerator.GetString(Alphabet, RandomLength);

    /// <summary>What cannot be a token is not worth a hash.</summary>
    public static bool HasForm(string text) => text.Length == Start.Length + RandomLength && text.StartsWith(Start, StringComparison.Ordinal);

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public static bool Opens(string token, string hash) =>
        HasForm(token) && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(token)), Encoding.ASCII.GetBytes(hash));
}

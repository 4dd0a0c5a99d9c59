using System.Security.Cryptography;
using System.Text;

namespace Atoll.Machine.Images;

internal static class RecipeDigest
{
    public static string Of(params IEnumerable<string> ingredients) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ingredients))));
}

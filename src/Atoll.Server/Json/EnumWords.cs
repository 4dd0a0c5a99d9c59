using System.Text.Json;

namespace Atoll.Server.Json;

/// <summary>How names of enum values are written in the API: lower-case words, parts joined by an underscore. One product name is not split.</summary>
internal sealed class EnumWords : JsonNamingPolicy
{
    public static readonly EnumWords Policy = new();

    private EnumWords()
    {
    }

    public override string ConvertName(string name) => name == "GVisor" ? "gvisor" : SnakeCaseLower.ConvertName(name);

    public static string Of<T>(T value) where T : struct, Enum => Words<T>.ByValue[value];

    public static bool TryParse<T>(string word, out T value) where T : struct, Enum => Words<T>.ByWord.TryGetValue(word, out value);

    public static string All<T>() where T : struct, Enum => string.Join(", ", Words<T>.ByWord.Keys);

    private static class Words<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(value => value, value => Policy.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}

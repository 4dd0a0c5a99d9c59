namespace Atoll.Core.Code;

/// <summary>Languages by their words.</summary>
public static class CodeLanguages
{
    public static string All => string.Join(", ", Enum.GetValues<CodeLanguage>().Select(WordOf));

    public static string WordOf(CodeLanguage language) => language switch
    {
        CodeLanguage.Python => "python",
        CodeLanguage.Javascript => "javascript",
        _ => "bash",
    };

    public static bool TryParse(string word, out CodeLanguage language)
    {
        foreach (var known in Enum.GetValues<CodeLanguage>())
        {
            language = known;
            if (WordOf(known) == word) return true;
        }

        language = default;
        return false;
    }
}

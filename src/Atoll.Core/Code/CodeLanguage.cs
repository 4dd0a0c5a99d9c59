namespace Atoll.Core.Code;

public enum CodeLanguage
{
    Python,
    Javascript,
    Bash,
}

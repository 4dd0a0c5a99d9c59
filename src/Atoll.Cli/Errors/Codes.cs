namespace Atoll.Cli.Errors;

/// <summary>Codes of failures that this program finds by itself.</summary>
internal static class Codes
{
    public const string Usage = "usage";
    public const string Local = "local_failure";
    public const string HostileArchive = "hostile_archive";
    public const string Interrupted = "interrupted";
    public const string Bug = "internal_error";
}

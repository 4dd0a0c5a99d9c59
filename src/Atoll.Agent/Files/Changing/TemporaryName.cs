using System.Text;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Names for what is not ready to be seen, beside what it will become. Not a secret, and maybe the same in forked sandboxes: whoever uses one creates it
/// exclusively and takes another when it is taken.
/// </summary>
internal static class TemporaryName
{
    /// <summary>How often a taken name may be met before something else is wrong.</summary>
    public const int Attempts = 16;

    public static byte[] Next() => Encoding.ASCII.GetBytes($".atoll-{Random.Shared.NextInt64():x16}.tmp");
}

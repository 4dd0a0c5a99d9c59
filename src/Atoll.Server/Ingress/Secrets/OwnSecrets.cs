namespace Atoll.Server.Ingress.Secrets;

/// <summary>Tells our keys and tokens from a sandbox's own: all of ours begin alike, whatever header they are put into.</summary>
internal static class OwnSecrets
{
    private const string Start = "atoll_";

    public static bool AreIn(string? value) => value?.Contains(Start, StringComparison.OrdinalIgnoreCase) is true;
}

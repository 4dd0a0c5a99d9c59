namespace Atoll.Hostile.Tests.Kit;

/// <summary>With <c>ATOLL_SOAK=1</c> the long versions run: hours rather than minutes.</summary>
internal static class Soaking
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("ATOLL_SOAK") == "1";

    public static int Rounds(int normal, int soak) => IsOn ? soak : normal;
}

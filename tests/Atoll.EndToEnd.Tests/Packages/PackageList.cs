namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>What is installed and used: everyday packages of Debian, and npm's tool chains. docs/packages.md says how each fared.</summary>
internal static class PackageList
{
    public static IReadOnlyList<PackageCase> All { get; } = [.. ServicePackages.All, .. LanguagePackages.All, .. ToolPackages.All, .. NpmPackages.All];

    /// <summary>What plain <c>./test</c> runs: small, and of several kinds.</summary>
    public static IReadOnlyList<PackageCase> Always { get; } = [.. All.Where(one => one.Always)];
}

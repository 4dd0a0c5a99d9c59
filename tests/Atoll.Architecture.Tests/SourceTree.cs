using System.Runtime.CompilerServices;

namespace Atoll.Architecture.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string Src { get; } = Path.Combine(Root, "src");

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

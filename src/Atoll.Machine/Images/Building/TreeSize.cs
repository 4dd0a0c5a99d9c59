namespace Atoll.Machine.Images.Building;

/// <summary>The apparent size of a tree's regular files; symlinks are not followed.</summary>
internal static class TreeSize
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    public static long Of(string root) => new DirectoryInfo(root).EnumerateFiles("*", Everything).Sum(file => file.Length);
}

namespace Atoll.Architecture.Tests;

/// <summary>A file that outgrows these has become two things.</summary>
public sealed class FileSizeTests
{
    private const int MostLines = 600;
    private const int MostTestLines = 800;

    [Theory]
    [InlineData("src", MostLines)]
    [InlineData("tests", MostTestLines)]
    public void SourceFiles_StayWithinTheCap(string folder, int most)
    {
        var tooLong = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/Migrations/"))
            .Select(file => (File: Path.GetRelativePath(SourceTree.Root, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > most);

        Assert.Empty(tooLong);
    }
}

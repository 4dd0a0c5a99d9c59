namespace Atoll.Cli.Archives;

/// <summary>An entry of an archive. Names are <see cref="Client.Files.PathText"/>.</summary>
/// <param name="Type">As in the header: '0' a file, '1' a hard link, '2' a symlink, '5' a directory.</param>
/// <param name="Bytes">Of its content in the archive.</param>
/// <param name="FileBytes">Of the file with its holes; null where the content is all of it.</param>
internal sealed record TarMember(char Type, string Name, string LinkName, int Mode, long Bytes, DateTimeOffset Modified, long? FileBytes = null)
{
    public const char File = '0';
    public const char HardLink = '1';
    public const char Symlink = '2';
    public const char Folder = '5';
}

namespace Atoll.Cli.Native;

/// <summary>As in stat(2).</summary>
internal enum LocalKind
{
    Folder = 0x4000,
    File = 0x8000,
    Symlink = 0xA000,
}

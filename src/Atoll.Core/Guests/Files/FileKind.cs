namespace Atoll.Core.Guests.Files;

public enum FileKind
{
    File,
    Directory,
    Symlink,
    Fifo,
    Socket,
    CharacterDevice,
    BlockDevice,
}

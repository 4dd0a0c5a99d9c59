using Atoll.Core.Faults;

namespace Atoll.Core.Guests.Files;

/// <summary>
/// Files of a sandbox. All work is done by the agent inside the wall: no path of a sandbox is ever opened on the host.
/// <para>Paths are absolute, or relative to the sandbox's working directory; at most 4,095 bytes of UTF-8 without NUL. Reading is for regular files only: FIFOs, sockets
/// and devices are refused without opening them in a way that could block.</para>
/// <para>Who. The agent works as root inside; what it creates belongs to <see cref="FileOwner"/> where one is given.</para>
/// <para>Faults: <see cref="FaultCode.FileNotFound"/>, <see cref="FaultCode.FileExists"/>, <see cref="FaultCode.IsADirectory"/>, <see cref="FaultCode.NotADirectory"/>,
/// <see cref="FaultCode.DirectoryNotEmpty"/>, <see cref="FaultCode.NotARegularFile"/>, <see cref="FaultCode.PermissionDenied"/>, <see cref="FaultCode.NoSpace"/>,
/// <see cref="FaultCode.TooLarge"/>, <see cref="FaultCode.InvalidPath"/>, <see cref="FaultCode.UserNotFound"/>.</para>
/// </summary>
public interface IGuestFiles
{
    /// <summary>One entry; a symlink itself unless <paramref name="followSymlink"/>.</summary>
    Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation);

    /// <summary>Entries below a directory, streamed, each directory before its content; unsorted within one.</summary>
    /// <param name="depth">1 is the directory's own entries; at most 64.</param>
    /// <param name="pattern">A glob on the entry's name (<c>*</c>, <c>?</c>, <c>[…]</c>), or null.</param>
    Task<Result<IAsyncEnumerable<FileEntry>>> ListAsync(string path, int depth, string? pattern, CancellationToken cancellation);

    /// <summary>Bytes of a regular file from <paramref name="offset"/>, at most <paramref name="length"/> (null: to its end). The caller disposes what comes back.</summary>
    Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation);

    /// <summary>Writes a whole file atomically (a temporary file beside it, then renamed): readers see the old or the new content, and a broken upload leaves the old.
    /// A symlink keeps pointing where it did: what it points to inside the sandbox is written, also when that is not there yet. What is there and is no regular file is refused.</summary>
    Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation);

    /// <summary>Makes a directory, with its parents if asked; one that is there is <see cref="FaultCode.FileExists"/> unless parents were asked for.</summary>
    Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation);

    /// <summary>Renames, as rename(2) does: a file replaces a file, a directory an empty directory. To another filesystem it is copied first and then removed.</summary>
    Task<Result<FileEntry>> MoveAsync(string from, string to, bool overwrite, CancellationToken cancellation);

    /// <summary>Copies a file, symlink or (if <paramref name="recursive"/>) tree, with modes, times and owners; it appears when it is whole, and replaces what a move would.
    /// Sockets and devices cannot be copied: all else is, and then it is <see cref="FaultCode.NotARegularFile"/>.</summary>
    Task<Result<FileEntry>> CopyAsync(string from, string to, bool recursive, bool overwrite, CancellationToken cancellation);

    /// <summary>Removes a file, symlink or directory; never follows a symlink.</summary>
    Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation);

    /// <summary>Sets permission bits (0 to 07777). Recursively, symlinks are left alone, and the path itself must not be one.</summary>
    Task<Result<Done>> ChmodAsync(string path, int mode, bool recursive, CancellationToken cancellation);

    /// <summary>Sets the owner of entries themselves: a symlink is changed, never followed. Programs that change hands lose their setuid bits.</summary>
    Task<Result<Done>> ChownAsync(string path, FileOwner owner, bool recursive, CancellationToken cancellation);

    /// <summary>Entries by name and lines by content.</summary>
    Task<Result<IAsyncEnumerable<FileMatch>>> FindAsync(FileQuery query, CancellationToken cancellation);

    /// <summary>Replaces text in each of the files; all that can be changed are, each atomically, with a result for each.</summary>
    Task<Result<IReadOnlyList<FileReplacement>>> ReplaceAsync(FileReplaceRequest request, CancellationToken cancellation);

    /// <summary>Changes below a path from now on, until cancelled. The first element, <see cref="FileChangeKind.Watching"/>, says that the watch is in force.
    /// The sequence also ends when what is watched is itself removed or renamed, which is then the last thing told.</summary>
    Task<Result<IAsyncEnumerable<FileChange>>> WatchAsync(string path, bool recursive, CancellationToken cancellation);

    /// <summary>A directory or file as a tar stream, uncompressed; names are relative to <paramref name="path"/>. Sockets and devices are left out. The caller disposes it.</summary>
    Task<Result<Stream>> ArchiveAsync(string path, CancellationToken cancellation);

    /// <summary>Unpacks an uncompressed tar stream below a directory, which is made if need be. No entry lands outside it, through <c>..</c>, absolute names or symlinks. Returns the number of entries.
    /// Without an owner, entries keep the numbers they were archived with. A bad archive is <see cref="FaultCode.InvalidRequest"/> and tells at which byte; what came before it stays.</summary>
    Task<Result<long>> ExtractAsync(string path, Stream tar, FileOwner? owner, CancellationToken cancellation);
}

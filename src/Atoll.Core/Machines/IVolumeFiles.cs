using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Core.Machines;

/// <summary>
/// Files of a volume, read and written on the host, because no sandbox has it mounted that could.
/// <para>Nothing in a volume is trusted. Paths are resolved as if the volume were the root directory: absolute ones, <c>..</c> and symlinks end within it, whatever they say and whoever changes them meanwhile.
/// At most 4,095 bytes of UTF-8 without NUL. Only regular files have bytes: FIFOs, sockets and devices are refused without opening them in a way that could block.</para>
/// <para>Owners are numbers; what is made belongs to whom the directory belongs in which it is made, unless one is given. Faults: as <see cref="IGuestFiles"/>. Threads: any member at any time.</para>
/// </summary>
public interface IVolumeFiles : IDisposable
{
    Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation);

    /// <summary>Entries below a directory, each directory before its content; unsorted within one. No symlink is followed below it.</summary>
    /// <param name="depth">1 is the directory's own entries; at most 64.</param>
    /// <param name="pattern">A glob on the entry's name (<c>*</c>, <c>?</c>), or null.</param>
    /// <param name="limit">The most entries to return.</param>
    Task<Result<IReadOnlyList<FileEntry>>> ListAsync(string path, int depth, string? pattern, int limit, CancellationToken cancellation);

    /// <summary>As <see cref="IGuestFiles.ReadAsync"/>.</summary>
    Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation);

    /// <summary>Writes a whole file atomically and durably: readers see the old or the new content, and a broken upload leaves the old. A symlink in its place is replaced.</summary>
    Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation);

    /// <summary>As <see cref="IGuestFiles.MakeDirectoryAsync"/>.</summary>
    Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation);

    /// <summary>Removes a file, symlink or directory; never follows a symlink in its place, nor below it.</summary>
    Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation);
}

using Atoll.Cli.Native;

namespace Atoll.Cli.Copying;

/// <summary>
/// A local file on its way in: written under another name beside its own and renamed at the end, so that a copy that breaks off leaves what was there.
/// Renaming replaces a symlink instead of writing through it.
/// </summary>
internal sealed class LocalFile : IAsyncDisposable
{
    // Not the set-id and sticky bits: a sandbox's root has no say about who a program runs as here.
    public const UnixFileMode ModeMask = (UnixFileMode)0b111_111_111;

    private readonly string _temporary;
    private readonly string _path;
    private bool _kept;

    public LocalFile(string path)
    {
        _path = path;
        _temporary = Path.Combine(Path.GetDirectoryName(LocalFiles.FullPath(path))!, $".atoll-{Guid.NewGuid():N}.part");
        Stream = new FileStream(LocalFiles.Create(_temporary), FileAccess.Write, bufferSize: 0);
    }

    public FileStream Stream { get; }

    /// <summary>All of it is here: it takes its name.</summary>
    public async Task KeepAsync(UnixFileMode mode, DateTimeOffset? modified)
    {
        File.SetUnixFileMode(Stream.SafeFileHandle, mode & ModeMask);
        if (modified is { } time) File.SetLastWriteTimeUtc(Stream.SafeFileHandle, time.UtcDateTime);
        await Stream.DisposeAsync();
        LocalFiles.Rename(_temporary, _path);
        _kept = true;
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (!_kept) LocalFiles.Remove(_temporary);
    }
}

namespace Atoll.Core.Guests.Files;

/// <summary>An open file's bytes. Reading throws <see cref="IOException"/> when the sandbox goes away midway; disposing closes it inside.</summary>
/// <param name="Entry">The file as it was when it was opened.</param>
/// <param name="Length">How many bytes will come.</param>
public sealed record FileContent(FileEntry Entry, long Length, Stream Bytes) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Bytes.DisposeAsync();
}

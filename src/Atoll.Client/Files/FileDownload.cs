namespace Atoll.Client.Files;

/// <summary>Bytes on their way from a sandbox. Dispose it to end the transfer.</summary>
/// <param name="Length">How many bytes come, when that is known beforehand.</param>
public sealed record FileDownload(Stream Bytes, long? Length, IDisposable Response) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Bytes.DisposeAsync();
        Response.Dispose();
    }
}

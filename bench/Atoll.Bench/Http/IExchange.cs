namespace Atoll.Bench.Http;

/// <summary>Something that carries a request to the server and its answer back.</summary>
internal interface IExchange
{
    /// <summary>A whole exchange. Throws an <see cref="ApiFailure"/> when the answer is no success.</summary>
    Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellation);
}

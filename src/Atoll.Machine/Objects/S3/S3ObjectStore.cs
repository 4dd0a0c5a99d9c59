using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Machine.Objects.S3;

/// <summary>
/// Objects in a bucket of any service that speaks S3. What fits into one part is put by one call, which is atomic there; a larger one by a multipart upload, which becomes visible when it is
/// completed, and is aborted when anything fails. Calls are tried again by the SDK, a bounded number of times, longer apart each time.
/// </summary>
internal sealed class S3ObjectStore : IObjectStore, IDisposable
{
    private const int MostParts = 10_000;
    private const int ListedAtOnce = 1000;
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(10);
    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly int _partBytes;
    private readonly TimeSpan _timeout;

    public S3ObjectStore(ObjectStoreOptions options)
    {
        (_bucket, _partBytes, _timeout) = (options.Bucket!, options.UploadPartBytes, TimeSpan.FromSeconds(options.TimeoutSeconds));
        _prefix = options.Prefix is { Length: > 0 } prefix ? prefix.TrimEnd('/') + "/" : "";
        _client = S3Client.Create(options);
        Description = $"s3 {(options.Endpoint ?? options.Region).TrimEnd('/')}, bucket {_bucket}{(_prefix.Length > 0 ? $", prefix {_prefix}" : "")}";
    }

    public string Description { get; }

    public async Task<Result<long>> PutAsync(ObjectKey key, Stream content, CancellationToken cancellation)
    {
        var buffer = new byte[_partBytes];
        var count = await content.ReadAtLeastAsync(buffer, _partBytes, throwOnEndOfStream: false, cancellation);
        if (count == _partBytes) return await PutLargeAsync(key, content, buffer, cancellation);
        return await GuardAsync<long>(
            async () =>
            {
                using MemoryStream whole = new(buffer, 0, count, writable: false);
                await _client.PutObjectAsync(new() { BucketName = _bucket, Key = Full(key), InputStream = whole, AutoCloseStream = false, UseChunkEncoding = false }, cancellation);
                return count;
            },
            cancellation);
    }

    public Task<Result<Stream>> GetAsync(ObjectKey key, long offset, long? length, CancellationToken cancellation) => GuardAsync<Stream>(
        async () =>
        {
            try
            {
                if (length == 0) return await _client.GetObjectMetadataAsync(new() { BucketName = _bucket, Key = Full(key) }, cancellation) is not null ? Stream.Null : ObjectFaults.NotFound(key);
                GetObjectRequest request = new() { BucketName = _bucket, Key = Full(key) };
                if (offset > 0 || length is not null) request.ByteRange = length is { } most ? new ByteRange(offset, LastOf(offset, most)) : new ByteRange($"bytes={offset}-");
                var answer = await _client.GetObjectAsync(request, cancellation);
                if (offset > 0 && answer.HttpStatusCode is not HttpStatusCode.PartialContent)
                {
                    answer.Dispose();
                    return ObjectFaults.Unavailable(Description, "it does not serve ranges.");
                }

                // A service may take a range for a hint and send more.
                S3Body body = new(answer, _timeout);
                return length is { } least ? new SectionStream(body, least) : body;
            }
            catch (AmazonS3Exception missing) when (missing.StatusCode is HttpStatusCode.NotFound && missing.ErrorCode is not "NoSuchBucket")
            {
                return ObjectFaults.NotFound(key);
            }
            catch (AmazonS3Exception beyond) when (beyond.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return Stream.Null;
            }
        },
        cancellation);

    public Task<Result<StoredObject?>> HeadAsync(ObjectKey key, CancellationToken cancellation) => GuardAsync<StoredObject?>(
        async () =>
        {
            try
            {
                var found = await _client.GetObjectMetadataAsync(new() { BucketName = _bucket, Key = Full(key) }, cancellation);
                return new StoredObject(key, found.ContentLength);
            }
            catch (AmazonS3Exception missing) when (missing.StatusCode is HttpStatusCode.NotFound)
            {
                return (StoredObject?)null;
            }
        },
        cancellation);

    public Task<Result<ObjectPage>> ListAsync(string prefix, int limit, ObjectKey? after, CancellationToken cancellation) => GuardAsync<ObjectPage>(
        async () =>
        {
            List<StoredObject> found = [];
            string? last = after is { } key ? Full(key) : null;
            while (true)
            {
                var page = await _client.ListObjectsV2Async(new() { BucketName = _bucket, Prefix = _prefix + prefix, StartAfter = last, MaxKeys = Math.Min(limit + 1, ListedAtOnce) }, cancellation);
                var objects = page.S3Objects ?? [];
                foreach (var one in objects)
                {
                    // What others keep in the bucket is none of ours.
                    if (one.Key.StartsWith(_prefix, StringComparison.Ordinal) && ObjectKey.TryParse(one.Key[_prefix.Length..], out var name)) found.Add(new(name, one.Size ?? 0));
                    last = one.Key;
                }

                if (found.Count > limit || objects.Count == 0 || page.IsTruncated != true) return new ObjectPage(found.Count > limit ? found[..limit] : found, found.Count > limit);
            }
        },
        cancellation);

    public Task<Result<Done>> DeleteAsync(ObjectKey key, CancellationToken cancellation) => GuardAsync<Done>(
        async () =>
        {
            try
            {
                await _client.DeleteObjectAsync(new() { BucketName = _bucket, Key = Full(key) }, cancellation);
            }
            catch (AmazonS3Exception missing) when (missing.StatusCode is HttpStatusCode.NotFound && missing.ErrorCode is not "NoSuchBucket")
            {
            }

            return Done.Value;
        },
        cancellation);

    public Task<Result<Done>> AbandonAsync(string prefix, CancellationToken cancellation) => GuardAsync<Done>(
        async () =>
        {
            ListMultipartUploadsRequest request = new() { BucketName = _bucket, Prefix = _prefix + prefix };
            while (true)
            {
                var page = await _client.ListMultipartUploadsAsync(request, cancellation);
                foreach (var half in page.MultipartUploads ?? []) await _client.AbortMultipartUploadAsync(new() { BucketName = _bucket, Key = half.Key, UploadId = half.UploadId }, cancellation);
                if (page.IsTruncated != true) return Done.Value;
                (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
            }
        },
        cancellation);

    public void Dispose() => _client.Dispose();

    private static long LastOf(long offset, long length) => length > long.MaxValue - offset ? long.MaxValue : offset + length - 1;

    /// <param name="buffer">The first part.</param>
    private async Task<Result<long>> PutLargeAsync(ObjectKey key, Stream content, byte[] buffer, CancellationToken cancellation)
    {
        var begun = await GuardAsync<string>(async () => (await _client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _bucket, Key = Full(key) }, cancellation)).UploadId, cancellation);
        if (!begun.TryGet(out var upload, out var fault)) return fault;
        var completed = false;
        try
        {
            List<PartETag> parts = [];
            var (count, total) = (buffer.Length, 0L);
            do
            {
                if (parts.Count == MostParts) return new Fault(FaultCode.TooLarge, FaultSide.Caller, FaultStage.Storage, $"An object has at most {MostParts} parts of {_partBytes} bytes here.", "Raise ObjectStore:UploadPartBytes.");
                var length = count;
                var put = await GuardAsync<PartETag>(
                    async () =>
                    {
                        using MemoryStream part = new(buffer, 0, length, writable: false);
                        var done = await _client.UploadPartAsync(new() { BucketName = _bucket, Key = Full(key), UploadId = upload, PartNumber = parts.Count + 1, InputStream = part, PartSize = length, UseChunkEncoding = false }, cancellation);
                        return new PartETag(parts.Count + 1, done.ETag);
                    },
                    cancellation);
                if (!put.TryGet(out var tag, out fault)) return fault;
                parts.Add(tag);
                total += count;
            }
            while (count == _partBytes && (count = await content.ReadAtLeastAsync(buffer, _partBytes, throwOnEndOfStream: false, cancellation)) > 0);

            var finished = await GuardAsync<long>(
                async () =>
                {
                    await _client.CompleteMultipartUploadAsync(new() { BucketName = _bucket, Key = Full(key), UploadId = upload, PartETags = parts }, cancellation);
                    return total;
                },
                cancellation);
            completed = finished.Succeeded;
            return finished;
        }
        finally
        {
            if (!completed) await AbortAsync(key, upload);
        }
    }

    /// <summary>What cannot be aborted now is found by <see cref="AbandonAsync"/>.</summary>
    private async Task AbortAsync(ObjectKey key, string upload)
    {
        using CancellationTokenSource limit = new(AbortLimit);
        try
        {
            await _client.AbortMultipartUploadAsync(new() { BucketName = _bucket, Key = Full(key), UploadId = upload }, limit.Token);
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
        }
    }

    private string Full(ObjectKey key) => _prefix + key.Value;

    private async Task<Result<T>> GuardAsync<T>(Func<Task<Result<T>>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (AmazonServiceException refused) when (refused.StatusCode is HttpStatusCode.InsufficientStorage || refused.ErrorCode is "QuotaExceeded" or "XMinioStorageFull")
        {
            return ObjectFaults.Full(Description, refused.Message);
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or IOException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return ObjectFaults.Unavailable(Description, failure is AmazonServiceException { ErrorCode: { Length: > 0 } code } ? $"{code}: {failure.Message}" : failure.Message);
        }
    }
}

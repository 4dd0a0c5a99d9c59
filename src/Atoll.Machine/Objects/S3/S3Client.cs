using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Atoll.Machine.Objects.S3;

/// <summary>Makes the SDK's client as the options say.</summary>
internal static class S3Client
{
    public static AmazonS3Client Create(ObjectStoreOptions options)
    {
        AmazonS3Config config = new()
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.Retries,
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),

            // The parts have digests of our own; checksums by trailers are what many other services do not understand.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint) config.ServiceURL = endpoint;
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        var keys = S3Keys.Of(options) ?? throw new InvalidOperationException("The options were not validated.");
        AWSCredentials credentials = keys.Session is { Length: > 0 } session ? new SessionAWSCredentials(keys.Access, keys.Secret, session) : new BasicAWSCredentials(keys.Access, keys.Secret);
        return new AmazonS3Client(credentials, config);
    }
}

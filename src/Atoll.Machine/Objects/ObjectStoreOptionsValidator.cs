using System.Text.RegularExpressions;
using Atoll.Core.Objects;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Objects;

internal sealed partial class ObjectStoreOptionsValidator : IValidateOptions<ObjectStoreOptions>
{
    private const int SmallestPart = 5 << 20;
    private const int LargestPart = 64 << 20;
    private const int LongestPrefix = 60;

    public ValidateOptionsResult Validate(string? name, ObjectStoreOptions options)
    {
        List<string> wrong = [];
        if (options.Kind is not (ObjectStoreOptions.Local or ObjectStoreOptions.S3)) wrong.Add($"ObjectStore:Kind is '{options.Kind}': folder or s3.");
        if (options.Folder is { } folder && !Path.IsPathFullyQualified(folder)) wrong.Add($"ObjectStore:Folder is '{folder}': an absolute path.");
        if (options.ReserveBytes < 0) wrong.Add($"ObjectStore:ReserveBytes is {options.ReserveBytes}: 0 or more.");
        if (options.UploadPartBytes is < SmallestPart or > LargestPart) wrong.Add($"ObjectStore:UploadPartBytes is {options.UploadPartBytes}: {SmallestPart} (5 MiB) to {LargestPart} (64 MiB).");
        if (options.Retries is < 0 or > 10) wrong.Add($"ObjectStore:Retries is {options.Retries}: 0 to 10.");
        if (options.TimeoutSeconds is < 1 or > 600) wrong.Add($"ObjectStore:TimeoutSeconds is {options.TimeoutSeconds}: 1 to 600.");
        if (options.Kind == ObjectStoreOptions.S3) CheckS3(options, wrong);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void CheckS3(ObjectStoreOptions options, List<string> wrong)
    {
        if (options.Bucket is not { } bucket || !Bucket().IsMatch(bucket)) wrong.Add($"ObjectStore:Bucket is '{options.Bucket}': a bucket's name, 3 to 63 lower-case letters, digits, '-' and '.'.");
        if (options.Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0))
            wrong.Add("ObjectStore:Endpoint must be an http or https URL without a user in it.");
        if (options.Prefix is { Length: > 0 } prefix && (prefix.Length > LongestPrefix || !ObjectKey.TryParse(prefix.TrimEnd('/'), out _)))
            wrong.Add($"ObjectStore:Prefix is '{prefix}': names of lower-case letters, digits, '-', '_' and '.', joined by '/'; at most {LongestPrefix} characters.");
        if (!Region().IsMatch(options.Region)) wrong.Add($"ObjectStore:Region is '{options.Region}': a region's name, such as us-east-1.");
        if (S3Keys.Of(options) is null) wrong.Add("ObjectStore:AccessKey and ObjectStore:SecretKey are missing: set both, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the server's environment.");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex Bucket();

    [GeneratedRegex(@"\A[a-z0-9-]{1,40}\z")]
    private static partial Regex Region();
}

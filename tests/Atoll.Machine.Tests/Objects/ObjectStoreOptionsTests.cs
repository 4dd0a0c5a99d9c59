using Atoll.Machine.Objects;

namespace Atoll.Machine.Tests.Objects;

public sealed class ObjectStoreOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.True(new ObjectStoreOptionsValidator().Validate(null, new()).Succeeded);

    [Fact]
    public void Validate_EveryMistake_IsNamedAtOnce()
    {
        ObjectStoreOptions options = new()
        {
            Kind = ObjectStoreOptions.S3,
            Folder = "objects",
            ReserveBytes = -1,
            UploadPartBytes = 1,
            Retries = 11,
            TimeoutSeconds = 0,
            Bucket = "No",
            Endpoint = "ftp://user:secret@host",
            Prefix = "../x",
            Region = "",
            AccessKey = "only",
        };
        var failures = new ObjectStoreOptionsValidator().Validate(null, options).Failures!.ToList();
        foreach (var key in (string[])["Folder", "ReserveBytes", "UploadPartBytes", "Retries", "TimeoutSeconds", "Bucket", "Endpoint", "Prefix", "Region", "AccessKey"]) Assert.Single(failures, failure => failure.StartsWith("ObjectStore:" + key, StringComparison.Ordinal));
        Assert.DoesNotContain(failures, failure => failure.Contains("secret@", StringComparison.Ordinal));
    }
}

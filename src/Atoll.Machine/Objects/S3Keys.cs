namespace Atoll.Machine.Objects;

/// <summary>Who we are to an S3 service. Never written anywhere.</summary>
internal sealed record S3Keys(string Access, string Secret, string? Session)
{
    /// <summary>From the options, both of them, else from the environment; null when there are none.</summary>
    public static S3Keys? Of(ObjectStoreOptions options)
    {
        if (options is { AccessKey: { Length: > 0 } access, SecretKey: { Length: > 0 } secret }) return new(access, secret, null);
        if (options is not { AccessKey: null or "", SecretKey: null or "" }) return null;
        return Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") is { Length: > 0 } named && Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } hidden
            ? new(named, hidden, Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN"))
            : null;
    }

    public override string ToString() => nameof(S3Keys);
}

namespace Atoll.Machine.Objects;

/// <summary>Where exports are put. Section <c>ObjectStore</c>.</summary>
public sealed class ObjectStoreOptions
{
    public const string Section = "ObjectStore";
    public const string Local = "folder";
    public const string S3 = "s3";

    /// <summary><c>folder</c> or <c>s3</c>. Default <c>folder</c>.</summary>
    public string Kind { get; set; } = Local;

    /// <summary>Of kind <c>folder</c>: where. Several servers may share one (a network file system that can rename and sync). Default: <c>objects</c> in the state directory.</summary>
    public string? Folder { get; set; }

    /// <summary>Of kind <c>folder</c>: nothing is stored when less than this would stay free on its file system. Default 1 GiB.</summary>
    public long ReserveBytes { get; set; } = 1L << 30;

    /// <summary>Of kind <c>s3</c>: the service's URL, such as <c>https://s3.example.org</c>. Default: Amazon's, by the region.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Of kind <c>s3</c>: it must be there. No default.</summary>
    public string? Bucket { get; set; }

    /// <summary>Of kind <c>s3</c>: put before every key, such as <c>atoll/one</c>. Default: nothing.</summary>
    public string? Prefix { get; set; }

    /// <summary>Of kind <c>s3</c>. Default <c>us-east-1</c>.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Of kind <c>s3</c>: the bucket is a part of the path (<c>host/bucket/key</c>) and not of the host's name (<c>bucket.host/key</c>). Default true; Amazon's own want false.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Of kind <c>s3</c>. Default: the environment's <c>AWS_ACCESS_KEY_ID</c>.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Of kind <c>s3</c>; never shown. Default: the environment's <c>AWS_SECRET_ACCESS_KEY</c>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Of kind <c>s3</c>: how large the parts of a large object's upload are; one is held in memory for each upload. Default 8 MiB; 5 MiB to 64 MiB.</summary>
    public int UploadPartBytes { get; set; } = 8 << 20;

    /// <summary>Of kind <c>s3</c>: how often a call is tried again, after 0.1 s and twice as long each time, up to 20 s. Default 4; 0 to 10.</summary>
    public int Retries { get; set; } = 4;

    /// <summary>Of kind <c>s3</c>: how long an answer may take to begin, or to go on. Default 60; 1 to 600.</summary>
    public int TimeoutSeconds { get; set; } = 60;
}

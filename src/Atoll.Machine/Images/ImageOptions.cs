namespace Atoll.Machine.Images;

/// <summary>How templates are built. Section <c>Images</c>.</summary>
public sealed class ImageOptions
{
    public const string Section = "Images";

    /// <summary>
    /// Where built trees are kept as compressed archives, so that another pool (a test's, or one made anew) unpacks them instead of building again.
    /// Default: none; the pool itself keeps what was built for it.
    /// </summary>
    public string? CacheDirectory { get; set; }

    /// <summary>A Debian mirror for the <c>default</c> template. Default: the one that this host's own package sources name, else deb.debian.org.</summary>
    public string? Mirror { get; set; }

    /// <summary>A build that takes longer is given up. 60 to 7,200; default 1,800.</summary>
    public int BuildSeconds { get; set; } = 1800;
}

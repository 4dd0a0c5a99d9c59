using Atoll.Machine.Trust;

namespace Atoll.Machine.Tests.Trust;

public sealed class SystemStoreTests : IDisposable
{
    private const string Other = "-----BEGIN CERTIFICATE-----\nother\n-----END CERTIFICATE-----\n";
    private static readonly string[] Certificates = ["-----BEGIN CERTIFICATE-----\none\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\ntwo\n-----END CERTIFICATE-----\n"];
    private readonly string _root = Directory.CreateTempSubdirectory("atoll-test-store-").FullName;

    private string Sources => Path.Combine(_root, "usr/local/share/ca-certificates");

    private string Store => Path.Combine(_root, "etc/ssl/certs");

    private string Bundle => Path.Combine(Store, "ca-certificates.crt");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>As update-ca-certificates has it, which Java's package looks at too.</summary>
    [Fact]
    public void Give_EmptyRoot_MakesSourcesLinksAndBundle()
    {
        Assert.True(SystemStore.Give(_root, Certificates, () => Other));
        Assert.Equal(Other + Certificates[0] + Certificates[1], File.ReadAllText(Bundle));
        for (var number = 1; number <= 2; number++)
        {
            Assert.Equal(Certificates[number - 1], File.ReadAllText(Path.Combine(Sources, $"atoll-host-{number}.crt")));
            Assert.Equal($"/usr/local/share/ca-certificates/atoll-host-{number}.crt", new FileInfo(Path.Combine(Store, $"atoll-host-{number}.pem")).LinkTarget);
        }

        Assert.True(File.GetUnixFileMode(Bundle).HasFlag(UnixFileMode.UserWrite));
    }

    [Fact]
    public void Give_Again_ChangesOnlyWhatIsNotAsItShouldBe()
    {
        Assert.True(SystemStore.Give(_root, Certificates, () => Other));
        var written = File.GetLastWriteTimeUtc(Bundle);
        Assert.True(SystemStore.Give(_root, Certificates, () => ""));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Bundle));

        Assert.True(SystemStore.Give(_root, [Certificates[1]], () => ""));
        Assert.Equal(["atoll-host-1.crt"], Directory.EnumerateFileSystemEntries(Sources).Select(Path.GetFileName));
        Assert.Equal(["atoll-host-1.pem", "ca-certificates.crt"], Directory.EnumerateFileSystemEntries(Store).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Give_BundleThatIsThere_GetsWhatItLacksAtItsEnd()
    {
        Directory.CreateDirectory(Store);
        File.WriteAllText(Bundle, Certificates[1] + Other.TrimEnd());
        Assert.True(SystemStore.Give(_root, Certificates, () => ""));
        Assert.Equal(Certificates[1] + Other + Certificates[0], File.ReadAllText(Bundle));
    }

    [Theory]
    [InlineData("etc/ssl/certs", true)]
    [InlineData("etc/ssl/certs/ca-certificates.crt", false)]
    [InlineData("usr/local/share/ca-certificates", true)]
    public void Give_LinkInItsPlace_IsNotFollowed(string place, bool folder)
    {
        var outside = Directory.CreateTempSubdirectory("atoll-test-store-").FullName;
        try
        {
            var path = Path.Combine(_root, place);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, folder ? outside : Path.Combine(outside, "file"));
            Assert.False(SystemStore.Give(_root, Certificates, () => Other));
            Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }
}

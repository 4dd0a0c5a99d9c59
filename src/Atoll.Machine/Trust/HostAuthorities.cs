using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Trust;

/// <summary>
/// The certificates that this host trusts by its administrator's will, such as an inspecting proxy's, and files with them that sandboxes are given: read once, when the first sandbox starts.
/// Thread-safe.
/// </summary>
internal sealed partial class HostAuthorities(IOptions<TrustOptions> options, IOptions<MachineOptions> machine, ILogger<HostAuthorities> log)
{
    private const int MostFiles = 200;
    private const int MostFileBytes = 256 * 1024;
    private const int MostBundleBytes = 4 * 1024 * 1024;
    private readonly TrustOptions _options = options.Value;
    private readonly Lazy<ImmutableArray<string>> _own = new(() => Read(options.Value, log));
    private readonly Lock _writing = new();
    private string? _folder;

    /// <summary>Each in PEM, with the end of its last line; none, when sandboxes are not to trust any.</summary>
    public ImmutableArray<string> Own => _own.Value;

    /// <summary>A file with them alone.</summary>
    /// <exception cref="IOException">The run-time directory is full.</exception>
    public string OwnFile => Path.Combine(Folder(), "own.pem");

    /// <summary>A file with them and all that the host trusts besides.</summary>
    /// <exception cref="IOException">The run-time directory is full.</exception>
    public string BundleFile => Path.Combine(Folder(), "bundle.pem");

    /// <summary>What the host trusts besides; empty where it has no bundle.</summary>
    public string HostBundle()
    {
        FileInfo bundle = new(_options.Bundle);
        return bundle is { Exists: true, Length: <= MostBundleBytes } ? File.ReadAllText(bundle.FullName) : "";
    }

    private string Folder()
    {
        lock (_writing)
        {
            if (_folder is not null) return _folder;
            var own = string.Concat(Own);
            var bundle = HostBundle() + own;

            // Named by what is in it: sandboxes of an earlier server have links to what that one wrote.
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(own + bundle)))[..16];
            var folder = HostFolders.MakePrivate(Path.Combine(machine.Value.RuntimeDirectory, "trust", digest));
            Write(Path.Combine(folder, "own.pem"), own);
            Write(Path.Combine(folder, "bundle.pem"), bundle);
            return _folder = folder;
        }
    }

    private static void Write(string path, string content)
    {
        if (File.Exists(path)) return;
        using (var file = new FileStream(path + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        }))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private static ImmutableArray<string> Read(TrustOptions options, ILogger log)
    {
        if (options.HostCertificates is HostTrust.Off) return [];
        var found = ImmutableArray.CreateBuilder<string>();
        if (Directory.Exists(options.Folder))
        {
            foreach (var path in Directory.EnumerateFiles(options.Folder, "*.crt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MostFiles))
            {
                try
                {
                    if (new FileInfo(path).Length > MostFileBytes) throw new CryptographicException($"it is larger than {MostFileBytes} bytes");
                    X509Certificate2Collection certificates = [];
                    certificates.ImportFromPemFile(path);
                    if (certificates.Count == 0) throw new CryptographicException("there is no certificate in PEM in it");
                    found.AddRange(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n").Where(pem => !found.Contains(pem)).ToList());
                }
                catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
                {
                    LogUnreadable(log, path, failure.Message);
                }
            }
        }

        if (found.Count > 0) LogTrusted(log, found.Count, options.Folder);
        else if (options.HostCertificates is HostTrust.On) LogNone(log, options.Folder);
        return found.ToImmutable();
    }

    [LoggerMessage(4300, LogLevel.Information, "Sandboxes trust the {Count} certificates of this host's own in {Folder} (Trust:HostCertificates)")]
    private static partial void LogTrusted(ILogger log, int count, string folder);

    [LoggerMessage(4301, LogLevel.Warning, "Trust:HostCertificates is on, and there are no certificates in {Folder}")]
    private static partial void LogNone(ILogger log, string folder);

    [LoggerMessage(4302, LogLevel.Warning, "The certificate {Path} is not given to sandboxes: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string path, string reason);
}

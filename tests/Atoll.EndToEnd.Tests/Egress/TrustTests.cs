using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Egress;

/// <summary>Authorities of the host's own, such as an inspecting proxy's: sandboxes trust them, or not, as the server is told.</summary>
public sealed class TrustTests
{
    private static readonly (string Program, string Command)[] Programs =
    [
        ("curl", "curl -sS -m 20 -o /dev/null https://ADDRESS/"),
        ("python", "python3 -c \"import urllib.request; urllib.request.urlopen('https://ADDRESS/', timeout=20)\""),
        ("node", "node -e \"fetch('https://ADDRESS/').then(() => process.exit(0), failure => { console.error(failure.cause); process.exit(1); })\""),
        ("git", "! git ls-remote https://ADDRESS/a.git 2>&1 | grep -qi certificate"),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostCertificates_OnAndOff_AreTrustedByNewAndOldSandboxesOrNot()
    {
        Requires.Root();
        Requires.Tool("runsc");
        Requires.Tool("openssl");
        await using var server = new RealServer();
        var folder = Directory.CreateDirectory(server.PathOf("authorities")).FullName;
        server.Configure("ATOLL__TRUST__FOLDER", folder);
        await server.PrepareAsync(Cancelled, "default");
        await using var internet = await FakeInternet.CreateAsync(server.Instance, Cancelled);
        var authority = await ServeAsync(internet);

        // None in the folder: as on most hosts.
        await server.StartAsync(Cancelled);
        List<string> old = [];
        using (var api = new Api(server.Url, server.ApiKey))
        {
            foreach (var isolation in (string[])["gvisor", "container"]) old.Add(await api.CreateAsync(new() { ["isolation"] = isolation, ["memoryMiB"] = 512 }, Cancelled));
            foreach (var id in old) await TriesAsync(api, id, internet, trusted: false);
            foreach (var id in old) Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/stop", "{}", Cancelled)).Status);
        }

        await server.StopAsync(Cancelled);
        await File.WriteAllTextAsync(Path.Combine(folder, "proxy.crt"), authority, Cancelled);
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.crt"), "no certificate", Cancelled);
        await server.StartAsync(Cancelled);
        using (var api = new Api(server.Url, server.ApiKey))
        {
            foreach (var id in old) Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/start", "{}", Cancelled)).Status);
            foreach (var id in old) await TriesAsync(api, id, internet, trusted: true);
            foreach (var isolation in (string[])["gvisor", "container"])
            {
                var id = await api.CreateAsync(new() { ["isolation"] = isolation, ["memoryMiB"] = 512, ["env"] = new JsonObject { ["MINE"] = "1" } }, Cancelled);
                await TriesAsync(api, id, internet, trusted: true);

                // The sandbox's own programs may make the store anew, and what a caller says of the environment holds.
                // Some 500 programs in a row, which under gVisor take minutes on a busy host, and do the same there.
                if (isolation == "container")
                {
                    await api.ExecAsync(id, "update-ca-certificates --fresh", Cancelled, "root");
                    await TriesAsync(api, id, internet, trusted: true);
                }

                var own = await api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = Programs[0].Command.Replace("ADDRESS", internet.Address, StringComparison.Ordinal), ["env"] = new JsonObject { ["CURL_CA_BUNDLE"] = "/dev/null" } }, Cancelled);
                Assert.NotEqual(0, (int)own.Json!["exitCode"]!);
                await api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
            }
        }

        await server.StopAsync(Cancelled);
        server.Configure("ATOLL__TRUST__HOSTCERTIFICATES", "off");
        await server.StartAsync(Cancelled);
        using (var api = new Api(server.Url, server.ApiKey))
        {
            var id = await api.CreateAsync(new() { ["isolation"] = "container", ["memoryMiB"] = 512 }, Cancelled);
            await TriesAsync(api, id, internet, trusted: false);
            foreach (var one in old.Append(id)) await api.DeleteAsync($"/v1/sandboxes/{one}", Cancelled);
        }
    }

    private static async Task TriesAsync(Api api, string id, FakeInternet internet, bool trusted)
    {
        foreach (var (program, command) in Programs)
        {
            var done = await api.ExecAsync(id, command.Replace("ADDRESS", internet.Address, StringComparison.Ordinal), Cancelled);
            Assert.True((int)done["exitCode"]! == 0 == trusted, $"{program} {(trusted ? "does not trust" : "trusts")} it: {done.ToJsonString()}");
        }
    }

    /// <returns>The authority's certificate, in PEM.</returns>
    private static async Task<string> ServeAsync(FakeInternet internet)
    {
        using var authorityKey = RSA.Create(2048);
        CertificateRequest request = new("CN=Atoll test proxy", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));

        using var key = RSA.Create(2048);
        CertificateRequest leaf = new("CN=" + internet.Address, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse(internet.Address));
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leaf.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var made = leaf.Create(authority, now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(8));
        await internet.ServeTlsAsync(made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", Cancelled);
        return authority.ExportCertificatePem() + "\n";
    }
}

using System.Collections.Immutable;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Native;
using Atoll.Machine.Trust;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Gives a sandbox the host's own authorities before it starts: into its system's store, and into its guest folder for programs that read a file of their own, with variables that name it. What the folder
/// has says which variables there are, so that another server knows as well. One that goes on from memory keeps its disk as it was saved, and gets the variables alone.
/// </summary>
internal sealed partial class GuestTrust(HostAuthorities authorities, ILogger<GuestTrust> log)
{
    private const string OwnName = "host-certificates.pem";
    private const string BundleName = "certificates.pem";
    private const string OwnPath = LaunchPlan.GuestMountPoint + "/" + OwnName;
    private const string BundlePath = LaunchPlan.GuestMountPoint + "/" + BundleName;
    private static readonly ImmutableDictionary<string, string> ByStore = Variables(SystemStore.BundlePath);
    private static readonly ImmutableDictionary<string, string> ByBundle = Variables(BundlePath);

    /// <exception cref="IOException">The run-time directory is full.</exception>
    public void Give(SandboxId id, string folder, string root, bool fromMemory)
    {
        if (authorities.Own.IsEmpty) return;
        Links.Hard(authorities.OwnFile, Path.Combine(folder, OwnName));

        // Always there for what goes on from memory: programs in it may have been told of it.
        if (fromMemory || !TryGiveStore(id, root)) Links.Hard(authorities.BundleFile, Path.Combine(folder, BundleName));
    }

    /// <summary>For processes that are given none of these names themselves.</summary>
    public static ImmutableDictionary<string, string> VariablesOf(string folder)
    {
        if (!File.Exists(Path.Combine(folder, OwnName))) return ImmutableDictionary<string, string>.Empty;
        return File.Exists(Path.Combine(folder, BundleName)) ? ByBundle : ByStore;
    }

    private bool TryGiveStore(SandboxId id, string root)
    {
        try
        {
            return SystemStore.Give(root, authorities.Own, authorities.HostBundle);
        }
        catch (IOException failure)
        {
            LogNotGiven(id, failure.Message);
            return false;
        }
    }

    // node adds to what it brings along; the others read one file instead of it. Programs that use the system's store need none.
    private static ImmutableDictionary<string, string> Variables(string bundle) => new Dictionary<string, string>
    {
        ["NODE_EXTRA_CA_CERTS"] = OwnPath,
        ["DENO_CERT"] = OwnPath,
        ["SSL_CERT_FILE"] = bundle,
        ["REQUESTS_CA_BUNDLE"] = bundle,
        ["PIP_CERT"] = bundle,
        ["CURL_CA_BUNDLE"] = bundle,
        ["GIT_SSL_CAINFO"] = bundle,
        ["CARGO_HTTP_CAINFO"] = bundle,
        ["AWS_CA_BUNDLE"] = bundle,
    }.ToImmutableDictionary();

    [LoggerMessage(4232, LogLevel.Warning, "The host's certificates could not be put into the store of sandbox {Sandbox}, whose processes are told of them by variables alone: {Reason}")]
    private partial void LogNotGiven(SandboxId sandbox, string reason);
}

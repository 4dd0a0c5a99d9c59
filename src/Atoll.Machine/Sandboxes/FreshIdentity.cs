using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Processes;
using Atoll.Machine.Native;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// What two sandboxes with one disk must not share: <c>machine-id</c>, the seed of the next start's random numbers, and ssh host keys. Done before anything runs in it; what is no plain file
/// is left as it is, and no link is followed. Hostname and address are the new sandbox's anyway.
/// </summary>
internal static class FreshIdentity
{
    private static readonly TimeSpan KeysLimit = TimeSpan.FromSeconds(10);
    private static readonly ProcessSpec MakeKeys = new() { Argv = ["ssh-keygen", "-A"], User = "root", WorkingDirectory = "/", Unlisted = true };
    private static readonly ImmutableArray<string> KeyKinds = ["rsa", "dsa", "ecdsa", "ed25519"];

    /// <returns>Whether it had ssh host keys, which are now gone.</returns>
    public static Result<bool> Give(string rootFilesystem)
    {
        try
        {
            var id = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true) + "\n");
            using var root = RootedDirectory.OpenRoot(rootFilesystem);
            var removed = false;
            Within(root, ["etc"], etc => Replace(etc, "machine-id", id));
            Within(root, ["var", "lib", "dbus"], dbus => Replace(dbus, "machine-id", id));
            Within(root, ["var", "lib", "systemd"], systemd => TryRemove(systemd, "random-seed"));
            Within(root, ["etc", "ssh"], ssh =>
            {
                foreach (var kind in KeyKinds) removed |= TryRemove(ssh, $"ssh_host_{kind}_key") | TryRemove(ssh, $"ssh_host_{kind}_key.pub");
            });
            return removed;
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, $"The sandbox could not be given an identity of its own: {failure.Message}",
                "The checkpoint's disk may be full up to the new sandbox's limit: give it a larger diskMiB.");
        }
    }

    /// <summary>New host keys, by the sandbox's own program. One that cannot is no worse than a fresh installation.</summary>
    public static async Task MakeHostKeysAsync(IGuest guest, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(KeysLimit);
        try
        {
            _ = await guest.Processes.ExecAsync(MakeKeys, 0, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Without entropy or time for it.
        }
    }

    private static void Within(RootedDirectory folder, ReadOnlySpan<string> path, Action<RootedDirectory> work)
    {
        if (path.IsEmpty)
        {
            work(folder);
            return;
        }

        if (folder.TypeOf(path[0]) is not RootedDirectory.EntryType.Directory) return;
        using var below = folder.Open(path[0]);
        Within(below, path[1..], work);
    }

    private static void Replace(RootedDirectory folder, string name, byte[] content)
    {
        if (TryRemove(folder, name)) folder.MakeFile(name, content);
    }

    private static bool TryRemove(RootedDirectory folder, string name)
    {
        if (folder.TypeOf(name) is not RootedDirectory.EntryType.File) return false;
        folder.Remove(name, directory: false);
        return true;
    }
}

using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Machine.Native;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>
/// Makes sure that each place on which a runtime will mount is a plain directory or file of the root filesystem itself, before the runtime sees it. An image whose
/// <c>/dev</c>, <c>/proc</c>, <c>/etc</c>, ... is a link leads runtimes to mount, and create files, elsewhere on the host (CVE-2021-30465, CVE-2025-31133, CVE-2026-41579).
/// A link is replaced, a missing one is made; what cannot be mended is a fault of the template.
/// <para>There is no race: it is the sandbox's own copy and nothing runs in it yet.</para>
/// </summary>
internal static class MountPoints
{
    private static readonly ImmutableArray<string> Directories = ["proc", "dev", "sys", "etc", LaunchPlan.GuestMountPoint[1..]];

    /// <param name="places">Where volumes are to be mounted: whatever is missing of them is made. What is in the way there is the caller's to say, and is left as it is.</param>
    public static Result<Done> Prepare(string rootFilesystem, ImmutableArray<MountedFolder> places)
    {
        try
        {
            using var root = RootedDirectory.OpenRoot(rootFilesystem);
            foreach (var name in Directories) EnsureDirectory(root, name);
            using var etc = root.Open("etc");
            foreach (var name in EtcFiles.Names) EnsureFile(etc, name);
            KeepTemporaryFolder(root);
            foreach (var place in places)
            {
                if (!TryEnsurePlace(root, place.Destination[1..].Split('/'))) return Blocked(place.Destination);
            }

            return Done.Value;
        }
        catch (SyscallException failure)
        {
            return new Fault(
                FaultCode.HostFailure,
                FaultSide.Host,
                FaultStage.Template,
                $"The root filesystem cannot be mounted on: {failure.Message}",
                "The template must have plain (or no) /proc, /dev, /sys, /etc, /.atoll, /etc/resolv.conf, /etc/hosts and /etc/hostname.");
        }
    }

    /// <summary>runsc mounts a tmpfs of its own over an empty <c>/tmp</c>: what is written there would be in no snapshot, and count as memory. So it is never empty.</summary>
    private static void KeepTemporaryFolder(RootedDirectory root)
    {
        if (root.TypeOf("tmp") is not RootedDirectory.EntryType.Directory) return;
        using var temporary = root.Open("tmp");
        if (temporary.TypeOf(".atoll") is RootedDirectory.EntryType.Missing) temporary.MakeFile(".atoll");
    }

    private static bool TryEnsurePlace(RootedDirectory folder, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return true;
        var type = folder.TypeOf(names[0]);
        if (type is RootedDirectory.EntryType.Missing) folder.MakeDirectory(names[0]);
        else if (type is not RootedDirectory.EntryType.Directory) return false;
        using var below = folder.Open(names[0]);
        return TryEnsurePlace(below, names[1..]);
    }

    private static Fault Blocked(string place) => new(
        FaultCode.InvalidPath, FaultSide.Caller, FaultStage.Isolation, $"No volume can be mounted at '{place}': a part of it is a file or a symlink in the sandbox's root filesystem.",
        "Choose another path; or, if it is a symlink, name the place that it leads to.");

    private static void EnsureDirectory(RootedDirectory root, string name)
    {
        var type = root.TypeOf(name);
        if (type is RootedDirectory.EntryType.Directory) return;
        if (type is not RootedDirectory.EntryType.Missing) root.Remove(name, directory: false);
        root.MakeDirectory(name);
    }

    private static void EnsureFile(RootedDirectory folder, string name)
    {
        var type = folder.TypeOf(name);
        if (type is RootedDirectory.EntryType.File) return;
        if (type is not RootedDirectory.EntryType.Missing) folder.Remove(name, type is RootedDirectory.EntryType.Directory);
        folder.MakeFile(name);
    }
}

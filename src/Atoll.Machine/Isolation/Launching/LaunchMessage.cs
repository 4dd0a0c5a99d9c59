using System.Globalization;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>
/// A <see cref="LaunchPlan"/> in the form that the launcher reads (src/Atoll.Launcher/plan.c): <c>key=value</c> texts that end with NUL, then the filter.
/// What is fixed in it comes from where <see cref="OciSpecBuilder"/> has it, so that both launchers build the same wall.
/// </summary>
internal static class LaunchMessage
{
    /// <summary>Bytes; what a new pipe holds, so that writing it never waits for the launcher.</summary>
    private const int Most = 64 * 1024 - 1;

    private const int OpenFilesLimit = 7;
    private const int CoreLimit = 4;

    /// <param name="firstUid">Root inside, on the host; user and group.</param>
    /// <param name="filter">Compiled seccomp filter.</param>
    /// <param name="mountSpace">From <see cref="EmptyMounts"/>; null: the mounts of the host are copied, and left again.</param>
    public static Result<byte[]> For(LaunchPlan plan, CgroupLimits limits, MadeCgroups cgroups, uint firstUid, ReadOnlySpan<byte> filter, string? mountSpace = null)
    {
        var message = new MemoryStream(8 * 1024);
        var broken = false;
        Put("root", plan.RootFilesystem);
        Put("network", plan.NetworkNamespace);
        Put("port", Number(plan.Port));
        if (mountSpace is not null) Put("mount_space", mountSpace);
        Put("hostname", plan.Hostname);
        Put("guest", plan.GuestDirectory);
        Put("guest_at", LaunchPlan.GuestMountPoint);
        Put("first_uid", Number(firstUid));
        Put("capabilities", CapabilityNumbers.Mask(Wall.Capabilities).ToString("x", CultureInfo.InvariantCulture));
        Put("oom_score", Number(Wall.OutOfMemoryScore));
        foreach (var folder in cgroups.Version1) Put("group_v1", folder);
        if (cgroups.Version2 is { } unified) Put("group", unified);
        if (cgroups.Work is { } work)
        {
            Put("work_join", work.Join);
            Put("work_count", work.Count);
        }

        foreach (var volume in plan.Volumes) Put("volume", $"{volume.Source}\n{volume.Destination}\n{(volume.ReadOnly ? "1" : "0")}");
        foreach (var mount in SandboxMounts.For(limits)) Put("mount", MountText.Of(mount, firstUid));
        foreach (var (name, content) in EtcFiles.For(plan)) Put("file", $"/etc/{name}\n{content}");
        foreach (var path in Wall.MaskedPaths) Put("masked", path);
        foreach (var path in Wall.ReadOnlyPaths) Put("read_only", path);
        Put("limit", $"{OpenFilesLimit}\n{OpenFileLimit.Value}");
        Put("limit", $"{CoreLimit}\n0");
        foreach (var argument in plan.InitArgv) Put("arg", argument);
        foreach (var variable in plan.InitEnv) Put("env", variable);
        Put("filter", Number(filter.Length / 8));
        message.Write(filter);
        return broken || message.Length > Most
            ? new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, broken ? "The start has a NUL in one of its texts." : $"The start takes {message.Length} bytes to describe, more than {Most}.",
                "Shorten the arguments and environment of process 1.")
            : message.ToArray();

        void Put(string key, string value)
        {
            broken |= value.Contains('\0');
            message.Write(Encoding.UTF8.GetBytes($"{key}={value}\0"));
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Atoll.Machine.Isolation.Bundles;

namespace Atoll.Machine.Isolation.Seccomp;

/// <summary>
/// Which system calls a sandbox on the host's kernel may make: those of <see cref="SyscallTable"/>, a few more by their arguments, and nothing else.
/// <para>What is refused is answered as programs know it, so that they go on without: as a kernel that was built without it (ENOSYS; EAFNOSUPPORT and EPROTONOSUPPORT for sockets, ENOTTY for
/// ioctls), and as Linux answers users without the right (EPERM) what only they are refused. The table is in docs/security.md.</para>
/// <para>Rules name one condition per argument: two on the same argument would be an "or". The host's own architecture alone is named, so that 32-bit and x32 calls,
/// whose arguments these rules do not see, kill the caller.</para>
/// </summary>
internal static class SeccompProfile
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Refuse = "SCMP_ACT_ERRNO";
    private const string MaskedEqual = "SCMP_CMP_MASKED_EQ";
    private const string X64 = "SCMP_ARCH_X86_64";
    private const string Arm64 = "SCMP_ARCH_AARCH64";
    private const uint NotPermitted = 1;
    private const uint NoSuchIoctl = 25;
    private const uint NoSuchCall = 38;
    private const uint NoSuchProtocol = 93;
    private const uint NoSuchFamily = 97;

    private const ulong UnixSockets = 1;
    private const ulong Internet4 = 2;
    private const ulong Internet6 = 10;
    private const ulong NetlinkSockets = 16;
    private const ulong PacketSockets = 17;
    private const ulong AuditProtocol = 9;

    /// <summary>Netlink protocols: routes (what <c>ip</c> and name resolution ask), socket diagnosis (<c>ss</c>), device events. Not nftables, audit, crypto or generic.</summary>
    private static readonly ImmutableArray<ulong> NetlinkProtocols = [0, 4, 15];

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.</summary>
    private const ulong NewNamespaces = 0x7E020000;

    private const ulong FileTypeMask = 0xF000;

    /// <summary>None (a plain file), S_IFIFO, S_IFREG and S_IFSOCK: everything but directories, links and devices.</summary>
    private static readonly ImmutableArray<ulong> FileTypes = [0, 0x1000, 0x8000, 0xC000];

    /// <summary>Linux, BSD's short inodes, UNAME26 with and without it, and "tell me".</summary>
    private static readonly ImmutableArray<ulong> Personalities = [0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF];

    /// <summary>The byte of an ioctl's number that says whose it is, and btrfs's (linux/btrfs.h).</summary>
    private const int IoctlTypeShift = 8;
    private const uint BtrfsType = 0x94;

    /// <summary>FICLONE, FICLONERANGE and FIDEDUPERANGE: what is btrfs's by its number, and every file system's (<c>cp --reflink</c>).</summary>
    private static readonly ImmutableArray<ulong> SharingExtents = [0x40049409, 0x4020940D, 0xC0189436];

    /// <summary>For the architecture that this server runs on; null on one that the table was not made for.</summary>
    public static OciSeccomp? HostKernel { get; } = For(RuntimeInformation.ProcessArchitecture);

    /// <summary>
    /// For a runtime whose sandboxes have a kernel of their own. gVisor knows no answer to a refused call but EPERM (seen with 20240729), which programs take for a fault where they would go on
    /// upon "not here". So only that is refused which Linux refuses its users with EPERM, and the rest is left to that kernel to answer (<see cref="SyscallTable.OwnKernelAnswers"/>): it has
    /// most of it not, and says so. They may read its log, which tells nothing of the host's, and call clone3: without, no thread could be made; what it could ask for beyond clone is that
    /// kernel's own business, as is every family of sockets but the one that sees others' packets.
    /// <para>It names what is refused and not what is allowed, which comes to the same: what gVisor lets through is still only what it has itself, and its own filter towards the host
    /// is none of this one's business. gVisor builds its filter anew at each start, and 290 allowed names took it 18 ms of processor time more than 60 refused ones (20240729).</para>
    /// </summary>
    public static OciSeccomp? OwnKernel { get; } = ForOwnKernel(RuntimeInformation.ProcessArchitecture);

    public static OciSeccomp? For(Architecture architecture) => architecture switch
    {
        Architecture.X64 => Build(X64, [.. SyscallTable.Common, .. SyscallTable.X64Only], [.. ByArgument(architecture), .. Ioctls]),
        Architecture.Arm64 => Build(Arm64, SyscallTable.Common, [.. ByArgument(architecture), .. Ioctls]),
        _ => null,
    };

    /// <summary>In gVisor's reading the first rule that fits decides: a call that is allowed by its arguments alone is refused in all other cases by the last one.</summary>
    public static OciSeccomp? ForOwnKernel(Architecture architecture)
    {
        if (architecture is not (Architecture.X64 or Architecture.Arm64)) return null;
        ImmutableArray<OciSyscallRule> rules = [Clone, .. PlainFiles(architecture), new(["socket"], Refuse, NotPermitted, [new(0, uint.MaxValue, PacketSockets, MaskedEqual)])];
        var rest = rules.Where(rule => rule.Action == Allow).SelectMany(rule => rule.Names).Distinct();
        return new(Allow, NotPermitted, [architecture is Architecture.X64 ? X64 : Arm64], [.. rules, new([.. SyscallTable.Refused.Except(SyscallTable.OwnKernelAnswers).Concat(rest)], Refuse, NotPermitted)]);
    }

    private static OciSyscallRule Clone => new(["clone"], Allow, Args: [new(0, NewNamespaces, 0, MaskedEqual)]);

    private static OciSeccomp Build(string architecture, ImmutableArray<string> allowed, ImmutableArray<OciSyscallRule> byArgument) => new(Refuse, NoSuchCall, [architecture],
    [
        new([.. allowed.Order(StringComparer.Ordinal)], Allow),
        Clone,
        // Its flags are behind a pointer, which no filter can read. This answer makes the C library fall back to clone.
        new(["clone3"], Refuse, NoSuchCall),
        new([.. architecture == X64 ? SyscallTable.NotPermitted.Concat(SyscallTable.NotPermittedOnX64) : SyscallTable.NotPermitted], Refuse, NotPermitted),
        .. byArgument,
    ])
    {
        Otherwise =
        [
            new(["socket"], Refuse, NoSuchProtocol, [Equal(0, NetlinkSockets)]),
            new(["socket"], Refuse, NotPermitted, [Equal(0, PacketSockets)]),
            new(["socket", "socketpair"], Refuse, NoSuchFamily),
            new(["ioctl"], Refuse, NoSuchIoctl),
            new(["clone", "mknod", "mknodat", "personality"], Refuse, NotPermitted),
        ],
    };

    private static ImmutableArray<OciSyscallRule> ByArgument(Architecture architecture) =>
    [
        .. Personalities.Select(value => new OciSyscallRule(["personality"], Allow, Args: [Equal(0, value)])),
        .. ImmutableArray.Create(UnixSockets, Internet4, Internet6).Select(family => new OciSyscallRule(["socket"], Allow, Args: [Equal(0, family)])),
        .. NetlinkProtocols.Select(protocol => new OciSyscallRule(["socket"], Allow, Args: [Equal(0, NetlinkSockets), Equal(2, protocol)])),
        // "This kernel has no audit": sudo, su and PAM go on without it. With EPERM they would fail for want of CAP_AUDIT_WRITE.
        new(["socket"], Refuse, NoSuchFamily, [Equal(0, NetlinkSockets), Equal(2, AuditProtocol)]),
        new(["socketpair"], Allow, Args: [Equal(0, UnixSockets)]),
        .. PlainFiles(architecture),
    ];

    /// <summary>FIFOs, sockets and plain files (0 is one, too). A runtime's own kernel may not ask for CAP_MKNOD.</summary>
    private static IEnumerable<OciSyscallRule> PlainFiles(Architecture architecture) =>
    [
        .. FileTypes.Select(type => new OciSyscallRule(["mknodat"], Allow, Args: [new(2, FileTypeMask, type, MaskedEqual)])),
        .. architecture is Architecture.X64 ? FileTypes.Select(type => new OciSyscallRule(["mknod"], Allow, Args: [new(1, FileTypeMask, type, MaskedEqual)])) : [],
    ];

    /// <summary>
    /// All but btrfs's: on a pool of btrfs anybody who can write to a directory can make a subvolume in it, which has no limit, and with which the sandbox's own could not be deleted. One rule
    /// for each bit in which another type differs. The number is 32 bits, whatever stands above them.
    /// </summary>
    private static IEnumerable<OciSyscallRule> Ioctls =>
    [
        .. Enumerable.Range(IoctlTypeShift, 8).Select(bit => new OciSyscallRule(["ioctl"], Allow, Args: [new(1, 1u << bit, ~(BtrfsType << IoctlTypeShift) & (1u << bit), MaskedEqual)])),
        .. SharingExtents.Select(request => new OciSyscallRule(["ioctl"], Allow, Args: [new(1, uint.MaxValue, request, MaskedEqual)])),
    ];

    private static OciSyscallArgument Equal(uint index, ulong value) => new(index, value, 0, "SCMP_CMP_EQ");
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Seccomp;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>The compiled filter against the profile it was made from, by an interpreter of the few instructions that it uses.</summary>
public sealed class SeccompFilterTests
{
    private const uint Allowed = 0x7FFF0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchIoctl = 0x00050019;
    private const uint NoSuchCall = 0x00050026;
    private const uint NoSuchProtocol = 0x0005005D;
    private const uint NoSuchFamily = 0x00050061;
    private const uint Kill = 0x80000000;
    private const uint X64 = 0xC000003E;

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Compile_EveryNumber_AnswersAsTheProfileSays(Architecture architecture)
    {
        var profile = SeccompProfile.For(architecture)!;
        var numbers = SyscallNumbers.For(architecture)!;
        var filter = SeccompFilter.Compile(profile, numbers, architecture);
        var names = numbers.ToDictionary(pair => pair.Value, pair => pair.Key);
        Assert.InRange(filter.Length / 8, 50, 400);

        ulong[] interesting = [0, 1, 2, 8, 9, 10, 16, 17, 38, 40, 0x20000, 0x20008, 0xFFFFFFFF, 0x100000001, 0x10000000, 0x8000, 0x81A4, 0x6000, 0x2000, 0x4000000000000000];
        for (var number = 0u; number < 600; number++)
        {
            foreach (var value in interesting)
            {
                foreach (var third in new ulong[] { 0, 4, 9, 12, 15, 0x6000 })
                {
                    ulong[] arguments = [value, value, third, 0, 0, 0];
                    var expected = names.TryGetValue(number, out var name) ? Expected(profile, name, arguments) : NoSuchCall;
                    Assert.True(expected == Run(filter, architecture is Architecture.X64 ? X64 : 0xC00000B7, number, arguments), $"{name} {number} {value:x} {third:x}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0x5000940EUL, false)]
    [InlineData(0x50009401UL, false)]
    [InlineData(0x50009418UL, false)]
    [InlineData(0x500094FFUL, false)]
    [InlineData(0x15000940EUL, false)]
    [InlineData(0x40049409UL, true)]
    [InlineData(0x4020940DUL, true)]
    [InlineData(0xC0189436UL, true)]
    [InlineData(0x5401UL, true)]
    [InlineData(0x5000950EUL, true)]
    [InlineData(0x5000140EUL, true)]
    [InlineData(0UL, true)]
    public void Compile_Ioctls_AreAllowedButForThoseOfThePoolsFileSystem(ulong request, bool allowed)
    {
        foreach (var architecture in (Architecture[])[Architecture.X64, Architecture.Arm64])
        {
            var numbers = SyscallNumbers.For(architecture)!;
            var filter = SeccompFilter.Compile(SeccompProfile.For(architecture)!, numbers, architecture);
            Assert.Equal(allowed ? Allowed : NoSuchIoctl, Run(filter, architecture is Architecture.X64 ? X64 : 0xC00000B7, numbers["ioctl"], [3, request, 0, 0, 0, 0]));
        }
    }

    [Fact]
    public void Compile_ForeignCalls_Kill()
    {
        var filter = SeccompFilter.Compile(SeccompProfile.For(Architecture.X64)!, SyscallNumbers.For(Architecture.X64)!, Architecture.X64);

        Assert.Equal(Kill, Run(filter, 0x40000003, 1, new ulong[6]));
        Assert.Equal(Kill, Run(filter, X64, 0x40000000, new ulong[6]));
        Assert.Equal(Kill, Run(filter, X64, 0xFFFFFFFF, new ulong[6]));
        Assert.Equal(NoSuchCall, Run(filter, X64, 0x3FFFFFFF, new ulong[6]));
    }

    [Fact]
    public void Numbers_OfX64_HaveEveryNameThatIsAllowed()
    {
        var numbers = SyscallNumbers.For(Architecture.X64)!;
        Assert.All(SeccompProfile.For(Architecture.X64)!.Syscalls.SelectMany(rule => rule.Names), name => Assert.True(numbers.ContainsKey(name), name));
        Assert.Equal(numbers.Count, numbers.Values.Distinct().Count());
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void ProfileForAnOwnKernel_EveryNamedCall_IsRefusedAsByTheHostsProfileOrLeftToThatKernel(Architecture architecture)
    {
        var host = SeccompProfile.For(architecture)!;
        var own = SeccompProfile.ForOwnKernel(architecture)!;
        var names = host.Syscalls.Concat(own.Syscalls).SelectMany(rule => rule.Names).ToHashSet();
        string[] opened = ["clone3", "syslog", "socket", "socketpair", "personality", "ioctl", .. SyscallTable.OwnKernelAnswers];
        foreach (var name in names.Except([.. opened, "sethostname"]))
        {
            foreach (var value in new ulong[] { 0, 1, 2, 8, 10, 16, 0x20000, 0x10000000, 0x6000, 0x8000 })
            {
                foreach (var third in new ulong[] { 0, 9, 15, 0x6000 })
                {
                    ulong[] arguments = [value, value, third, 0, 0, 0];
                    Assert.True(Expected(host, name, arguments) == Allowed == (Expected(own, name, arguments) == Allowed), $"{name} {value:x} {third:x}");
                }
            }
        }

        Assert.All(opened, name => Assert.Equal(Allowed, Expected(own, name, new ulong[6])));
        Assert.All((ulong[])[17, 0x500000011], packets => Assert.Equal(NotPermitted, Expected(own, "socket", [packets, 3, 0, 0, 0, 0])));
    }

    /// <summary>The answers by which programs know that something is not here, and go on without it (docs/security.md has the table).</summary>
    [Theory]
    [InlineData("socket", 16, 9, NoSuchFamily)]
    [InlineData("socket", 16, 12, NoSuchProtocol)]
    [InlineData("socket", 38, 0, NoSuchFamily)]
    [InlineData("socket", 17, 0, NotPermitted)]
    [InlineData("socketpair", 2, 0, NoSuchFamily)]
    [InlineData("clone", 0x10000011, 0, NotPermitted)]
    [InlineData("personality", 0x40000, 0, NotPermitted)]
    [InlineData("mknodat", 0, 0x6000, NotPermitted)]
    [InlineData("clone3", 0, 0, NoSuchCall)]
    [InlineData("mount", 0, 0, NotPermitted)]
    [InlineData("unshare", 0, 0, NotPermitted)]
    public void Compile_Refused_AnswersAsProgramsKnowIt(string name, ulong first, ulong third, uint answer)
    {
        var numbers = SyscallNumbers.For(Architecture.X64)!;
        var filter = SeccompFilter.Compile(SeccompProfile.For(Architecture.X64)!, numbers, Architecture.X64);
        Assert.Equal(answer, Run(filter, X64, numbers[name], [first, 0, third, 0, 0, 0]));
    }

    [Fact]
    public void Compile_CallsThatAKernelMayLack_AnswerLikeSuchAKernel()
    {
        var filter = SeccompFilter.Compile(SeccompProfile.For(Architecture.X64)!, SyscallNumbers.For(Architecture.X64)!, Architecture.X64);
        uint[] keys = [248, 249, 250], placement = [237, 238, 239, 256, 279, 450], rings = [425, 426, 427], newer = [457, 458, 600], others = [216, 300, 323, 440, 447];
        Assert.All([.. keys, .. placement, .. rings, .. newer, .. others], number => Assert.Equal(NoSuchCall, Run(filter, X64, number, new ulong[6])));
    }

    private static uint Expected(OciSeccomp profile, string name, ulong[] arguments)
    {
        foreach (var rule in profile.Syscalls.Concat(profile.Otherwise).Where(rule => rule.Names.Contains(name)))
        {
            var holds = rule.Args is not { } conditions || conditions.All(condition => condition.Op == "SCMP_CMP_EQ"
                ? arguments[condition.Index] == condition.Value
                : (arguments[condition.Index] & condition.Value) == condition.ValueTwo);
            if (holds) return rule.Action == "SCMP_ACT_ALLOW" ? Allowed : 0x00050000 | rule.ErrnoRet!.Value;
        }

        return profile.DefaultAction == "SCMP_ACT_ALLOW" ? Allowed : 0x00050000 | profile.DefaultErrnoRet;
    }

    private static uint Run(ReadOnlySpan<byte> filter, uint architecture, uint number, ulong[] arguments)
    {
        Span<byte> data = stackalloc byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], architecture);
        for (var i = 0; i < 6; i++) BinaryPrimitives.WriteUInt64LittleEndian(data[(16 + (8 * i))..], arguments[i]);

        var accumulator = 0u;
        for (var at = 0; ; at++)
        {
            var step = filter[(at * 8)..];
            var constant = BinaryPrimitives.ReadUInt32LittleEndian(step[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(step))
            {
                case 0x20: accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)constant..]); break;
                case 0x54: accumulator &= constant; break;
                case 0x15: at += accumulator == constant ? step[2] : step[3]; break;
                case 0x35: at += accumulator >= constant ? step[2] : step[3]; break;
                case 0x06: return constant;
                default: throw new InvalidOperationException($"instruction {at}");
            }
        }
    }
}

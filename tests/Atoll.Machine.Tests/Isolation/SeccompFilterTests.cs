using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Seccomp;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>The compiled filter against the profile it was made from, by an interpreter of the few instructions that it uses.</summary>
public sealed class SeccompFilterTests
{
    private const uint Allowed = 0x7FFF0000;
    private const uint Refused = 0x00050001;
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

        ulong[] interesting = [0, 1, 2, 8, 9, 10, 16, 38, 40, 0x20000, 0x20008, 0xFFFFFFFF, 0x100000001, 0x10000000, 0x8000, 0x81A4, 0x6000, 0x2000, 0x4000000000000000];
        for (var number = 0u; number < 600; number++)
        {
            foreach (var value in interesting)
            {
                foreach (var third in new ulong[] { 0, 4, 9, 12, 15, 0x6000 })
                {
                    ulong[] arguments = [value, value, third, 0, 0, 0];
                    var expected = names.TryGetValue(number, out var name) ? Expected(profile, name, arguments) : Refused;
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
            Assert.Equal(allowed ? Allowed : Refused, Run(filter, architecture is Architecture.X64 ? X64 : 0xC00000B7, numbers["ioctl"], [3, request, 0, 0, 0, 0]));
        }
    }

    [Fact]
    public void Compile_ForeignCalls_Kill()
    {
        var filter = SeccompFilter.Compile(SeccompProfile.For(Architecture.X64)!, SyscallNumbers.For(Architecture.X64)!, Architecture.X64);

        Assert.Equal(Kill, Run(filter, 0x40000003, 1, new ulong[6]));
        Assert.Equal(Kill, Run(filter, X64, 0x40000000, new ulong[6]));
        Assert.Equal(Kill, Run(filter, X64, 0xFFFFFFFF, new ulong[6]));
        Assert.Equal(Refused, Run(filter, X64, 0x3FFFFFFF, new ulong[6]));
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
    public void ProfileForAnOwnKernel_EveryNamedCall_AnswersAsTheHostsProfile(Architecture architecture)
    {
        var host = SeccompProfile.For(architecture)!;
        var own = SeccompProfile.ForOwnKernel(architecture)!;
        var names = host.Syscalls.Concat(own.Syscalls).SelectMany(rule => rule.Names).ToHashSet();
        string[] opened = ["clone3", "syslog", "io_setup"];
        foreach (var name in names.Except(opened))
        {
            foreach (var value in new ulong[] { 0, 1, 2, 8, 10, 16, 0x20000, 0x10000000, 0x6000, 0x8000 })
            {
                foreach (var third in new ulong[] { 0, 9, 15, 0x6000 })
                {
                    ulong[] arguments = [value, value, third, 0, 0, 0];
                    Assert.True(Expected(host, name, arguments) == Expected(own, name, arguments), $"{name} {value:x} {third:x}");
                }
            }
        }

        Assert.All(opened, name => Assert.Equal(Allowed, Expected(own, name, new ulong[6])));
    }

    private static uint Expected(OciSeccomp profile, string name, ulong[] arguments)
    {
        foreach (var rule in profile.Syscalls.Where(rule => rule.Names.Contains(name)))
        {
            var holds = rule.Args is not { } conditions || conditions.All(condition => condition.Op == "SCMP_CMP_EQ"
                ? arguments[condition.Index] == condition.Value
                : (arguments[condition.Index] & condition.Value) == condition.ValueTwo);
            if (holds) return rule.Action == "SCMP_ACT_ALLOW" ? Allowed : 0x00050000 | rule.ErrnoRet!.Value;
        }

        return profile.DefaultAction == "SCMP_ACT_ALLOW" ? Allowed : Refused;
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

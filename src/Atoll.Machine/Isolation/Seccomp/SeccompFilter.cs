using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Atoll.Machine.Isolation.Bundles;

namespace Atoll.Machine.Isolation.Seccomp;

/// <summary>
/// A profile as the kernel takes it: classic BPF over <c>struct seccomp_data</c> (seccomp(2)). The same profile goes to <c>runc</c> as JSON, so that the two cannot differ.
/// <para>Form: foreign architectures and x32 numbers kill; then a binary search over ranges of numbers that share an answer, seven comparisons deep. It uses only what the kernel
/// can follow when it works out which calls are allowed whatever their arguments (loads of number and architecture, comparisons with constants): those skip the filter altogether.</para>
/// </summary>
internal static class SeccompFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort And = 0x54;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort Return = 0x06;

    private const uint Allowed = 0x7FFF0000;
    private const uint WithError = 0x00050000;
    private const uint KillProcess = 0x80000000;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;
    private const uint X32Numbers = 0x40000000;

    /// <summary>BPF jumps are one byte.</summary>
    private const int FarthestJump = 255;

    private const int InstructionBytes = 8;

    /// <summary>For this server's own architecture; null on one that there is no profile for.</summary>
    public static byte[]? HostKernel { get; } =
        SeccompProfile.HostKernel is { } profile && SyscallNumbers.For(RuntimeInformation.ProcessArchitecture) is { } numbers
            ? Compile(profile, numbers, RuntimeInformation.ProcessArchitecture)
            : null;

    /// <summary>Names without a number are calls that this architecture does not have. Native byte order: little-endian on both.</summary>
    public static byte[] Compile(OciSeccomp profile, FrozenDictionary<string, uint> numbers, Architecture architecture)
    {
        var otherwise = ActionOf(profile.DefaultAction, profile.DefaultErrnoRet);
        var code = new List<Instruction>
        {
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpEqual, 1, 0, architecture is Architecture.X64 ? 0xC000003E : 0xC00000B7),
            new(Return, 0, 0, KillProcess),
            new(LoadWord, 0, 0, NumberOffset),
            new(JumpGreaterOrEqual, 0, 1, X32Numbers),
            new(Return, 0, 0, KillProcess),
        };
        code.AddRange(Search(Ranges(profile, numbers, otherwise)));

        var bytes = new byte[code.Count * InstructionBytes];
        for (var i = 0; i < code.Count; i++) code[i].Write(bytes.AsSpan(i * InstructionBytes));
        return bytes;
    }

    /// <summary>Every number from 0 up is in one range; the last is open.</summary>
    private static List<Range> Ranges(OciSeccomp profile, FrozenDictionary<string, uint> numbers, uint otherwise)
    {
        var answers = new SortedDictionary<uint, ImmutableArray<Instruction>>();
        foreach (var rules in profile.Syscalls.Concat(profile.Otherwise).SelectMany(rule => rule.Names.Select(name => (name, rule))).GroupBy(pair => pair.name, pair => pair.rule))
        {
            if (numbers.TryGetValue(rules.Key, out var number)) answers[number] = Answer([.. rules], otherwise);
        }

        List<Range> ranges = [new(0, [new(Return, 0, 0, otherwise)])];
        foreach (var (number, answer) in answers)
        {
            if (ranges[^1].First == number) ranges.RemoveAt(ranges.Count - 1);
            if (ranges.Count == 0 || !ranges[^1].Answer.SequenceEqual(answer)) ranges.Add(new(number, answer));
            if (!answers.ContainsKey(number + 1)) ranges.Add(new(number + 1, [new(Return, 0, 0, otherwise)]));
        }

        return ranges;
    }

    /// <summary>The first rule that fits; behind one without conditions none counts.</summary>
    private static ImmutableArray<Instruction> Answer(ImmutableArray<OciSyscallRule> rules, uint otherwise)
    {
        var last = rules.FirstOrDefault(rule => rule.Args is null);
        var before = rules.TakeWhile(rule => rule.Args is not null);
        return [.. before.SelectMany(Conditional), new(Return, 0, 0, last is null ? otherwise : ActionOf(last.Action, last.ErrnoRet))];
    }

    /// <summary>All conditions on the 64 bits of each argument, then the answer; any that fails goes on behind it.</summary>
    private static IEnumerable<Instruction> Conditional(OciSyscallRule rule)
    {
        var code = new List<Instruction>();
        foreach (var condition in rule.Args!.Value)
        {
            var (mask, value) = condition.Op switch
            {
                "SCMP_CMP_EQ" => (ulong.MaxValue, condition.Value),
                "SCMP_CMP_MASKED_EQ" => (condition.Value, condition.ValueTwo),
                var other => throw new NotSupportedException($"The filter has no {other}."),
            };
            var low = ArgumentsOffset + (condition.Index * sizeof(ulong));
            Half(low, (uint)mask, (uint)value);
            Half(low + sizeof(uint), (uint)(mask >> 32), (uint)(value >> 32));
        }

        code.Add(new(Return, 0, 0, ActionOf(rule.Action, rule.ErrnoRet)));
        return code.Select((step, at) => step.Code == JumpEqual ? step with { IfFalse = (byte)(code.Count - at - 1) } : step);

        void Half(uint offset, uint mask, uint value)
        {
            if (mask == 0) return;
            code.Add(new(LoadWord, 0, 0, offset));
            if (mask != uint.MaxValue) code.Add(new(And, 0, 0, mask));
            code.Add(new(JumpEqual, 0, 0, value));
        }
    }

    private static List<Instruction> Search(List<Range> ranges)
    {
        if (ranges.Count == 1) return [.. ranges[0].Answer];
        var middle = ranges.Count / 2;
        var below = Search(ranges[..middle]);
        if (below.Count > FarthestJump) throw new InvalidOperationException("The filter has grown beyond what one jump spans.");
        return [new(JumpGreaterOrEqual, (byte)below.Count, 0, ranges[middle].First), .. below, .. Search(ranges[middle..])];
    }

    private static uint ActionOf(string action, uint? error) => action switch
    {
        "SCMP_ACT_ALLOW" => Allowed,
        "SCMP_ACT_ERRNO" => WithError | (error ?? 1),
        _ => throw new NotSupportedException($"The filter has no {action}."),
    };

    private readonly record struct Range(uint First, ImmutableArray<Instruction> Answer);

    /// <summary><c>struct sock_filter</c>.</summary>
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Constant)
    {
        public void Write(Span<byte> target)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target, Code);
            (target[2], target[3]) = (IfTrue, IfFalse);
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Constant);
        }
    }
}

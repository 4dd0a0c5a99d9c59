using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// The smallest program that can be process 1: a static ELF executable that waits for ever. Made here, so that trying a runtime needs nothing of the host: elf(5).
/// </summary>
internal static class ProbeProgram
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const ulong Base = 0x400000;
    private const ushort X64Machine = 62;
    private const ushort Arm64Machine = 183;

    // again: mov eax, 34 (pause); syscall; jmp again
    private static ReadOnlySpan<byte> X64 => [0xB8, 0x22, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7];

    // again: mov x0..x4, 0; mov x8, 73 (ppoll); svc 0; b again
    private static ReadOnlySpan<byte> Arm64 =>
    [
        0x00, 0x00, 0x80, 0xD2, 0x01, 0x00, 0x80, 0xD2, 0x02, 0x00, 0x80, 0xD2, 0x03, 0x00, 0x80, 0xD2, 0x04, 0x00, 0x80, 0xD2,
        0x28, 0x09, 0x80, 0xD2, 0x01, 0x00, 0x00, 0xD4, 0xF9, 0xFF, 0xFF, 0x17,
    ];

    /// <exception cref="PlatformNotSupportedException">Neither x86-64 nor arm64.</exception>
    public static byte[] Build()
    {
        var machine = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => X64Machine,
            Architecture.Arm64 => Arm64Machine,
            var other => throw new PlatformNotSupportedException($"No probe for {other}."),
        };
        var code = machine == X64Machine ? X64 : Arm64;

        var image = new byte[HeaderSize + SegmentSize + code.Length];
        var span = image.AsSpan();
        ReadOnlySpan<byte> ident = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        ident.CopyTo(span);
        BinaryPrimitives.WriteUInt16LittleEndian(span[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(span[18..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(span[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(span[24..], Base + HeaderSize + SegmentSize);
        BinaryPrimitives.WriteUInt64LittleEndian(span[32..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(span[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(span[54..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(span[56..], 1);

        var segment = span[HeaderSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)image.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)image.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
        code.CopyTo(span[(HeaderSize + SegmentSize)..]);
        return image;
    }
}

namespace Atoll.Cli.Archives;

/// <summary>Sizes and places of a tar header (POSIX.1-2001, "ustar Interchange Format").</summary>
internal static class TarFields
{
    public const int Block = 512;
    public const int Type = 156;
    public static readonly Range Name = 0..100;
    public static readonly Range Mode = 100..108;
    public static readonly Range Uid = 108..116;
    public static readonly Range Gid = 116..124;
    public static readonly Range Length = 124..136;
    public static readonly Range Modified = 136..148;
    public static readonly Range Checksum = 148..156;
    public static readonly Range LinkName = 157..257;
    public static readonly Range Magic = 257..265;
    public static readonly Range Prefix = 345..500;

    /// <summary>Bytes that fill the last block of some content.</summary>
    public static int Padding(long length) => (int)(-length & (Block - 1));

    /// <summary>The sum of a header's bytes, its own field counting as spaces.</summary>
    public static int Sum(ReadOnlySpan<byte> block)
    {
        var sum = 0;
        for (var i = 0; i < Block; i++) sum += i is >= 148 and < 156 ? ' ' : block[i];
        return sum;
    }
}

using System.Runtime.InteropServices;

namespace Atoll.Cli.Native;

/// <summary>statx(2): what a path itself is, without following it.</summary>
internal static unsafe partial class FileKinds
{
    private const int AtCurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint WantType = 1;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    public static bool IsRegular(string path)
    {
        Answer answer;
        return Statx(AtCurrentFolder, path, NoFollow, WantType, &answer) == 0 && (answer.Mode & TypeMask) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Answer* answer);

    // struct statx is 256 bytes on every architecture; the mode is at 28.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Answer
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}

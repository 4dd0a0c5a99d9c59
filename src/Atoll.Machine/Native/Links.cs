using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

internal static partial class Links
{
    /// <summary>A second name for a file, in the same filesystem.</summary>
    /// <exception cref="SyscallException">link(2) failed.</exception>
    public static void Hard(string existing, string name)
    {
        if (Link(existing, name) != 0) throw SyscallException.Last("link", $"{existing}, {name}");
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}

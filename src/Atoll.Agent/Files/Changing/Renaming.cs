using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Changing;

/// <summary>rename(2), with a refusal to replace also where the filesystem does not know that flag.</summary>
internal static class Renaming
{
    public static int Rename(Descriptor fromAt, ReadOnlySpan<byte> from, Descriptor toAt, ReadOnlySpan<byte> to, bool replace)
    {
        var errno = FileCalls.Rename(fromAt, from, toAt, to, replace);
        if (replace || errno is not (Errno.Invalid or Errno.NotImplemented or Errno.NotSupported)) return errno;

        // A directory into itself is EINVAL too, and is so again below. Something that appears between the two calls is replaced: this is the best such a filesystem offers.
        var found = FileCalls.Status(toAt, to, follow: false, out _);
        if (found == 0) return Errno.Exists;
        return found == Errno.NotFound ? FileCalls.Rename(fromAt, from, toAt, to, replace: true) : found;
    }
}

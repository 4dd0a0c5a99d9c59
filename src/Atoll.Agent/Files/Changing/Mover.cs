using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Renames an entry; from one filesystem to another it is copied and then removed, so that the new one is there whole before the old one goes.
/// Symlinks are moved themselves. A file replaces a file and a directory an empty directory.
/// </summary>
internal static class Mover
{
    public static Entry Run(byte[] from, byte[] to, bool overwrite, Accounts accounts, CancellationToken cancellation)
    {
        using var source = Location.Of(from);
        using var target = Location.Of(to);
        var status = source.Status() ?? throw FileFailure.Of(Errno.NotFound, from);
        var errno = Renaming.Rename(source.Directory, source.Name, target.Directory, target.Name, overwrite);
        if (errno == Errno.CrossDevice)
        {
            Copier.Transfer(source, status, target, overwrite, cancellation);
            Remover.Sweep(source);
        }
        else if (errno == Errno.Invalid)
        {
            throw FileFailure.Invalid($"{GuestPath.Display(to)} lies inside {GuestPath.Display(from)}");
        }
        else
        {
            FileFailure.Check(errno, errno is Errno.Exists or Errno.NotEmpty or Errno.IsADirectory or Errno.NotADirectory or Errno.NoSpace ? to : from);
        }

        return Entries.At(target, accounts);
    }
}

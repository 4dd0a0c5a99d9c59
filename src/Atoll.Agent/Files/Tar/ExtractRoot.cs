using Atoll.Agent.Files.Changing;
using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// The directory that an archive is unpacked below, as a root of its own: names are walked one by one without following; a symlink on the way is resolved here,
/// <c>/</c> and <c>..</c> ending at this root. So nothing lands outside, whatever links are there, were planted by an earlier entry, or are swapped in meanwhile.
/// (openat2 does the same in one call, but gVisor has not got it.)
/// </summary>
internal sealed class ExtractRoot(byte[] path, Ownership newDirectories) : IDisposable
{
    private const int MaxSymlinks = 40;
    private const int MaxDepth = 256;

    private readonly Descriptor _root = FileCalls.Open(Descriptor.None, path, OpenFlags.DirectoryPath, 0, out var errno) ?? throw FileFailure.Of(errno, path);
    private (byte[] Path, Descriptor Directory)? _last;

    /// <summary>The place of a name below the root; missing directories on the way are made. The caller disposes it.</summary>
    /// <param name="name">Relative, without <c>..</c>, not empty.</param>
    public Location Find(ReadOnlySpan<byte> name)
    {
        var cut = name.LastIndexOf((byte)'/');
        var parent = cut < 0 ? [] : name[..cut];
        if (_last is not { } last || !parent.SequenceEqual(last.Path))
        {
            Forget();
            last = (parent.ToArray(), Enter(parent, GuestPath.Join(path, parent)));
            _last = last;
        }

        return new Location(Again(last.Directory), name[(cut + 1)..].ToArray(), GuestPath.Join(path, name));
    }

    /// <summary>Whether a directory is there, also behind symlinks that stay inside.</summary>
    public bool HasDirectory(ReadOnlySpan<byte> name)
    {
        using var place = Find(name);
        if (place.Status() is not { } status) return false;
        if (status.Type != FileType.Symlink) return status.IsDirectory;
        try
        {
            Enter(name, place.Path, make: false).Dispose();
            return true;
        }
        catch (FileFailure)
        {
            // It leads nowhere, or to something else: for the caller, no directory.
            return false;
        }
    }

    /// <summary>For after a symlink was made, which may change where a name leads.</summary>
    public void Forget()
    {
        _last?.Directory.Dispose();
        _last = null;
    }

    public void Dispose()
    {
        Forget();
        _root.Dispose();
    }

    private Descriptor Enter(ReadOnlySpan<byte> name, byte[] full, bool make = true)
    {
        var open = new Stack<Descriptor>();
        var ahead = new Stack<byte[]>();
        Push(ahead, name);
        var links = 0;
        try
        {
            while (ahead.TryPop(out var component))
            {
                if (component is [(byte)'.', (byte)'.'])
                {
                    if (open.TryPop(out var left)) left.Dispose();
                    continue;
                }

                var at = open.Count > 0 ? open.Peek() : _root;
                var next = FileCalls.Open(at, component, OpenFlags.DirectoryPath | OpenFlags.NoFollow, 0, out var errno);
                if (errno == Errno.NotFound && make)
                {
                    DirectoryMaker.TryMake(at, component, full, 0x1ED, newDirectories);
                    next = FileCalls.Open(at, component, OpenFlags.DirectoryPath | OpenFlags.NoFollow, 0, out errno);
                }

                if (next is not null)
                {
                    open.Push(next);
                    if (open.Count > MaxDepth) throw new FileFailure(FailureCode.TooLarge, $"{GuestPath.Display(full)} is deeper than {MaxDepth} directories");
                    continue;
                }

                if (errno is not (Errno.NotADirectory or Errno.Loop)) throw FileFailure.Of(errno, full);
                var target = FileCalls.ReadLink(at, component, out _) ?? throw FileFailure.Of(Errno.NotADirectory, full);
                FileFailure.Check(++links > MaxSymlinks ? Errno.Loop : 0, full);
                if (target is [(byte)'/', ..])
                {
                    while (open.TryPop(out var left)) left.Dispose();
                }

                Push(ahead, target);
            }

            return open.TryPop(out var found) ? found : Again(_root);
        }
        finally
        {
            foreach (var left in open) left.Dispose();
        }
    }

    private static void Push(Stack<byte[]> ahead, ReadOnlySpan<byte> name)
    {
        List<byte[]> components = [];
        foreach (var range in name.Split((byte)'/'))
        {
            if (name[range] is not [] and not [(byte)'.']) components.Add(name[range].ToArray());
        }

        for (var i = components.Count - 1; i >= 0; i--) ahead.Push(components[i]);
    }

    private Descriptor Again(Descriptor directory) => FileCalls.Open(directory, "."u8, OpenFlags.DirectoryPath, 0, out var errno) ?? throw FileFailure.Of(errno, path);
}

using System.Diagnostics;
using Xunit;

namespace Atoll.Testing;

/// <summary>A file system of a few MiB of a test's own.</summary>
public sealed class TinyDisk : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <param name="folder">Where to mount it; null for a place of its own.</param>
    public TinyDisk(int mebibytes, string? folder = null)
    {
        Requires.Root();
        Folder = Directory.CreateDirectory(folder ?? _scratch.PathOf("disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "atoll-test", Folder);
    }

    public string Folder { get; }

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        using FileStream filler = new(Path.Combine(Folder, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Fill(filler, new byte[1 << 20]);
        Fill(filler, new byte[4096]);
    }

    public void Free() => File.Delete(Path.Combine(Folder, "filler"));

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", Folder);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        _scratch.Dispose();
    }

    private static void Fill(FileStream filler, byte[] piece)
    {
        try
        {
            while (true) filler.Write(piece);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

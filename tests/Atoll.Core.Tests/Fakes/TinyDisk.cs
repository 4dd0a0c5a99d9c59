using System.Diagnostics;
using Atoll.Testing;

namespace Atoll.Core.Tests.Fakes;

/// <summary>A file system of a few MiB of a test's own.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly Scratch _scratch = new();

    public TinyDisk(int mebibytes)
    {
        Requires.Root();
        Folder = Directory.CreateDirectory(_scratch.PathOf("disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "atoll-test", Folder);
    }

    public string Folder { get; }

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        using FileStream filler = new(Path.Combine(Folder, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true) filler.Write(page);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(Path.Combine(Folder, "filler"));

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        _scratch.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

using System.Globalization;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Native.Namespaces;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Hosting;

public sealed class TrialFolderTests : IDisposable
{
    // More than the kernel ever gives.
    private const int NoProcess = int.MaxValue;
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Dispose_OfWhatCannotBeRemoved_IsALineInTheLogAndNoException()
    {
        Requires.Root();
        var log = new CountingLogger<TrialFolder>();
        var folder = TrialFolder.Create([_scratch.Folder], "one", log);
        File.WriteAllText(Path.Combine(folder.Path, "file"), "");
        using (new ReadOnlyFolder(folder.Path)) folder.Dispose();
        Assert.Equal(1, log.Count);
        Assert.True(Directory.Exists(folder.Path));
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void Create_BesideWhatDeadProcessesLeft_RemovesThatAndNothingElse()
    {
        Requires.Root();
        var dead = Directory.CreateDirectory(_scratch.PathOf(string.Create(CultureInfo.InvariantCulture, $"atoll-probe-{NoProcess}-x"))).FullName;
        NetworkNamespace.Create(Path.Combine(dead, "net"), () => { });
        var living = Directory.CreateDirectory(_scratch.PathOf("atoll-probe-1-x")).FullName;
        var another = Directory.CreateDirectory(_scratch.PathOf("atoll-probe-of-mine")).FullName;
        using (TrialFolder.Create([_scratch.PathOf("missing"), _scratch.Folder], "one", NullLogger.Instance))
        {
            Assert.False(Directory.Exists(dead));
            Assert.True(Directory.Exists(living));
            Assert.True(Directory.Exists(another));
        }
    }

    /// <summary>A folder that is mounted read-only on itself, as the trial's was for the thread that had the mounts of a start.</summary>
    private sealed class ReadOnlyFolder : IDisposable
    {
        private readonly string _path;

        public ReadOnlyFolder(string path)
        {
            _path = path;
            Run("mount", "--bind", path, path);
            Run("mount", "-o", "remount,bind,ro", path);
        }

        public void Dispose() => MountCall.Unmount(_path, lazily: true);

        private static void Run(params string[] argv)
        {
            using var process = System.Diagnostics.Process.Start(argv[0], argv[1..]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }
}

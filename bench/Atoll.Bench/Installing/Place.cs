using System.Security.Cryptography;

namespace Atoll.Bench.Installing;

/// <summary>A name, a folder and an address range of a run's own on this host. The ranges, and their locks, are those that the tests take theirs from.</summary>
internal sealed class Place : IDisposable
{
    private readonly FileStream _rangeLock;

    public Place()
    {
        Instance = "b" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 5);
        Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "atoll-bench-" + Instance)).FullName;
        (_rangeLock, AddressRange) = TakeRange();
    }

    /// <summary>The first part of everything the run's server makes on this host.</summary>
    public string Instance { get; }

    public string Folder { get; }

    /// <summary>A /20: 1,024 sandboxes.</summary>
    public string AddressRange { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Dispose()
    {
        _rangeLock.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static (FileStream Lock, string Range) TakeRange()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "atoll-test-ranges")).FullName;
        while (true)
        {
            var (second, third) = (RandomNumberGenerator.GetInt32(64, 200), RandomNumberGenerator.GetInt32(0, 16) * 16);
            try
            {
                return (new FileStream(Path.Combine(folder, $"{second}-{third}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), $"10.{second}.{third}.0/20");
            }
            catch (IOException)
            {
                // Another run has it: the next draw is another one of 2,176.
            }
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;

namespace Atoll.Testing;

/// <summary>
/// A place of a test's own on this host: an instance name (the prefix of interfaces, namespaces, cgroups and rules it makes), a folder that is removed at its end,
/// and an address range that no other test has while this one runs.
/// </summary>
public sealed class Scratch : IDisposable
{
    // Held while the range is in use, by whichever test program: the kernel gives the lock back when its holder dies.
    private readonly FileStream _rangeLock;

    public Scratch()
    {
        Instance = "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 5);
        Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "atoll-test-" + Instance)).FullName;
        (_rangeLock, AddressRange) = TakeRange();
    }

    public string Instance { get; }

    public string Folder { get; }

    /// <summary>A /20 of 10.64.0.0 to 10.199.255.255.</summary>
    public string AddressRange { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Dispose()
    {
        // While it is held: whoever opens it now finds that it is no longer the one there.
        File.Delete(_rangeLock.Name);
        _rangeLock.Dispose();
        RemoveIfEmpty(Path.GetDirectoryName(_rangeLock.Name)!);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static (FileStream Lock, string Range) TakeRange()
    {
        var folder = Path.Combine(Path.GetTempPath(), "atoll-test-ranges");
        while (true)
        {
            var (second, third) = (RandomNumberGenerator.GetInt32(64, 200), RandomNumberGenerator.GetInt32(0, 16) * 16);
            try
            {
                Directory.CreateDirectory(folder);
                FileStream taken = new(Path.Combine(folder, $"{second}-{third}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (IsThere(taken)) return (taken, $"10.{second}.{third}.0/20");
                taken.Dispose();
            }
            catch (IOException)
            {
                // Another test has it: the next draw is another one of 2,176.
            }
        }
    }

    private static bool IsThere(FileStream file) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}")).LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) != true;

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Others hold ranges, or have removed it.
        }
    }
}

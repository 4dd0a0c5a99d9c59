using System.Security.Cryptography;

namespace Atoll.Testing;

/// <summary>
/// A place of a test's own on this host: an instance name (the prefix of interfaces, namespaces, cgroups and rules it makes), a folder that is removed at its end,
/// and an address range that no other test running now is likely to use.
/// </summary>
public sealed class Scratch : IDisposable
{
    public Scratch()
    {
        Instance = "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 5);
        Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "atoll-test-" + Instance)).FullName;
        AddressRange = $"10.{RandomNumberGenerator.GetInt32(64, 200)}.{RandomNumberGenerator.GetInt32(0, 16) * 16}.0/20";
    }

    public string Instance { get; }

    public string Folder { get; }

    /// <summary>A /20 of 10.64.0.0 to 10.199.255.255.</summary>
    public string AddressRange { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Dispose()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}

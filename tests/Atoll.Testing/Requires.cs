using Xunit;

namespace Atoll.Testing;

/// <summary>What a test needs of the host; it is skipped, with the reason, where that is missing.</summary>
public static class Requires
{
    public static void Root() => Assert.SkipUnless(Environment.UserName == "root" || Environment.IsPrivilegedProcess, "needs root");

    public static void Tool(string name) => Assert.SkipUnless(Find(name) is not null, $"needs '{name}', which is not on this host");

    public static void Kernel(string filesystem) => Assert.SkipUnless(
        File.ReadAllLines("/proc/filesystems").Any(line => line.EndsWith('\t' + filesystem)), $"needs {filesystem}, which this kernel lacks");

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}

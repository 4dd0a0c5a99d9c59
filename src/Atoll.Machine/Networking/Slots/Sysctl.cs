namespace Atoll.Machine.Networking.Slots;

/// <summary>Kernel settings under <c>/proc/sys</c>; those under <c>net</c> are those of the calling thread's network namespace.</summary>
internal static class Sysctl
{
    public static string? TryRead(string key)
    {
        try
        {
            return File.ReadAllText("/proc/sys/" + key).TrimEnd();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <param name="optional">A kernel without that feature (IPv6, say) has no such setting, and needs none.</param>
    public static void Write(string key, string value, bool optional = false)
    {
        var path = "/proc/sys/" + key;
        if (optional && !File.Exists(path)) return;
        File.WriteAllText(path, value);
    }
}

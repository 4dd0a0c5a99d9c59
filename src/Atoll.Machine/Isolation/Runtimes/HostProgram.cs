namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>Finds one of the host's programs by absolute path or by name; PATH of a service often lacks the sbin folders.</summary>
internal static class HostProgram
{
    public static string? Find(string pathOrName)
    {
        if (Path.IsPathRooted(pathOrName)) return File.Exists(pathOrName) ? pathOrName : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .Select(folder => Path.Combine(folder, pathOrName)).FirstOrDefault(File.Exists);
    }
}

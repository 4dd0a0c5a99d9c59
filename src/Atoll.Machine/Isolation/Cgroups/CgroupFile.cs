using System.Globalization;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>Reading and writing the small text files that cgroups consist of.</summary>
internal static class CgroupFile
{
    public static long ReadNumber(string folder, string file) => long.Parse(File.ReadAllText(Path.Combine(folder, file)).AsSpan().Trim(), CultureInfo.InvariantCulture);

    /// <summary>The number behind a key in a file of <c>key number</c> lines; 0 when the key is absent, as on kernels that do not count it.</summary>
    public static long ReadKey(string folder, string file, string key)
    {
        foreach (var line in File.ReadLines(Path.Combine(folder, file)))
        {
            if (line.Length > key.Length && line[key.Length] == ' ' && line.StartsWith(key, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>Writes in one call, which is what the kernel takes as one value. Never creates a file.</summary>
    public static void Write(string folder, string file, string value)
    {
        using var stream = new FileStream(Path.Combine(folder, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(value));
    }

    public static void Write(string folder, string file, long value) => Write(folder, file, value.ToString(CultureInfo.InvariantCulture));
}

using System.Globalization;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>How many files one process of a sandbox may have open: <see cref="Wall.OpenFiles"/>, or as many as this server may itself.</summary>
internal static class OpenFileLimit
{
    private static readonly Lazy<ulong> Least = new(() => Math.Min(Wall.OpenFiles, OwnLimit(File.ReadLines("/proc/self/limits"))));

    public static ulong Value => Least.Value;

    /// <summary>The hard limit of this process: without CAP_SYS_RESOURCE a runtime cannot go above it. Columns: name, soft, hard, unit, with blanks in the name.</summary>
    internal static ulong OwnLimit(IEnumerable<string> limits)
    {
        const string Name = "Max open files";
        var hard = limits.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return ulong.TryParse(hard, CultureInfo.InvariantCulture, out var most) ? most : ulong.MaxValue;
    }
}

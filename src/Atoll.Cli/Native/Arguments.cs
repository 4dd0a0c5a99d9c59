using System.Text;
using Atoll.Client.Files;

namespace Atoll.Cli.Native;

/// <summary>
/// The command line by its bytes. The runtime turns what is no UTF-8 into U+FFFD, so that two names would be one; the kernel still has them as they were given. Such arguments are then
/// <see cref="PathText"/>.
/// </summary>
internal static class Arguments
{
    /// <param name="decoded">As the runtime gives them.</param>
    public static string[] Exact(string[] decoded) => decoded.Any(argument => argument.Contains('\uFFFD')) && Read() is { } bytes ? Exact(decoded, bytes) : decoded;

    /// <summary>The last of them are ours: before them is our own name, and a host's where one runs us.</summary>
    /// <param name="commandLine">Each argument with a NUL behind it.</param>
    public static string[] Exact(string[] decoded, ReadOnlySpan<byte> commandLine)
    {
        List<byte[]> given = [];
        for (var rest = commandLine; rest.IndexOf((byte)0) is >= 0 and var end; rest = rest[(end + 1)..]) given.Add(rest[..end].ToArray());
        if (given.Count < decoded.Length) return decoded;
        var exact = given[^decoded.Length..];
        return [.. decoded.Zip(exact, (text, bytes) => Encoding.UTF8.GetString(bytes) == text ? PathText.Decode(bytes) : text)];
    }

    private static byte[]? Read()
    {
        try
        {
            return File.ReadAllBytes("/proc/self/cmdline");
        }
        catch (IOException)
        {
            // Without /proc the runtime's are all there is.
            return null;
        }
    }
}

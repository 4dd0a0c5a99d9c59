using System.Text;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files;

/// <summary>
/// Paths as bytes, made absolute: no empty and no <c>.</c> components, no slash at the end. <c>..</c> stays for the kernel, which alone knows where a symlink leads.
/// </summary>
internal static class GuestPath
{
    /// <summary>PATH_MAX less its NUL.</summary>
    public const int MaxBytes = 4095;

    private const byte Slash = (byte)'/';

    public static byte[] Root => "/"u8.ToArray();

    public static byte[] Parse(ReadOnlySpan<byte> given, ReadOnlySpan<byte> workingDirectory)
    {
        if (given.IsEmpty) throw new FileFailure(FailureCode.InvalidPath, "The path is empty");
        if (given.Contains((byte)0)) throw new FileFailure(FailureCode.InvalidPath, "The path contains a NUL byte");
        if (given.Length > MaxBytes) throw new FileFailure(FailureCode.InvalidPath, $"The path has {given.Length} bytes; at most {MaxBytes} are possible");
        var path = new List<byte>(given.Length + workingDirectory.Length + 1);
        if (given[0] != Slash) Append(path, workingDirectory);
        Append(path, given);
        if (path.Count == 0) path.Add(Slash);
        if (path.Count > MaxBytes) throw new FileFailure(FailureCode.InvalidPath, $"The path is longer than {MaxBytes} bytes once made absolute");
        return [.. path];
    }

    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return directory.ToArray();
        return directory is [Slash] ? [Slash, .. name] : [.. directory, Slash, .. name];
    }

    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> path)
    {
        var cut = path.LastIndexOf(Slash);
        return cut <= 0 ? "/"u8 : path[..cut];
    }

    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> path) => path[(path.LastIndexOf(Slash) + 1)..];

    /// <summary>Whether a path is that of something below a directory.</summary>
    public static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path.StartsWith(directory) && (directory is [Slash] || path[directory.Length] == Slash);

    /// <summary>For messages: bytes that are no UTF-8 and control characters become U+FFFD, and a long one loses its end.</summary>
    public static string Display(ReadOnlySpan<byte> path)
    {
        var text = Encoding.UTF8.GetString(path.Length > 300 ? path[..300] : path);
        return string.Create(text.Length, text, static (into, from) =>
        {
            for (var i = 0; i < into.Length; i++) into[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
        });
    }

    private static void Append(List<byte> path, ReadOnlySpan<byte> more)
    {
        foreach (var range in more.Split(Slash))
        {
            var component = more[range];
            if (component.IsEmpty || component is [(byte)'.']) continue;
            path.Add(Slash);
            path.AddRange(component);
        }
    }
}

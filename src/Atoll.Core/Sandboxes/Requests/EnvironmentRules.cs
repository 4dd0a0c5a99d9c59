using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>Environment variables: what execve takes (environ(7)), within half of what Linux allows to one string area (MAX_ARG_STRLEN, 128 KiB, for a single one).</summary>
internal static class EnvironmentRules
{
    private const int MaxEntries = 1000;
    private const int MaxBytes = 128 * 1024;

    public static void Check(FieldErrors errors, ImmutableDictionary<string, string> env)
    {
        if (env.Count > MaxEntries) errors.Add("env", $"At most {MaxEntries} variables; there are {env.Count}.");
        long bytes = 0;
        foreach (var (name, value) in env)
        {
            if (name.Length == 0) errors.Add("env", "A variable's name must not be empty.");
            else if (name.Contains('=') || HasNul(name)) errors.Add("env", $"The name '{Shorten(name)}' must not hold '=' or NUL.");
            else if (value is null || HasNul(value)) errors.Add("env", $"The value of '{Shorten(name)}' must be text without NUL.");
            else if (!IsText(name) || !IsText(value)) errors.Add("env", $"'{Shorten(name)}' is not valid Unicode text.");
            bytes += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value ?? "") + 2;
        }

        if (bytes > MaxBytes) errors.Add("env", $"All names and values together are {bytes} bytes; at most {MaxBytes}.");
    }

    internal static bool HasNul(string text) => text.Contains('\0');

    /// <summary>No lone surrogates, which have no UTF-8.</summary>
    internal static bool IsText(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done) return false;
            rest = rest[used..];
        }

        return true;
    }

    private static string Shorten(string name) => new([.. name.Take(40).Select(c => char.IsControl(c) ? '?' : c)]);
}

using System.Text;
using Atoll.Core.Guests.Processes;

namespace Atoll.Server.Api.Processes;

/// <summary>What a process that was waited for left behind.</summary>
/// <param name="ExitCode">128 + the signal when one ended it.</param>
/// <param name="Signal">The signal that ended it.</param>
/// <param name="TimedOut">It was ended because its <c>timeoutSeconds</c> were over.</param>
/// <param name="Stdout">Decoded as UTF-8 (what is none becomes U+FFFD), or base64 where that was asked for.</param>
/// <param name="Truncated">More was written than <c>maxOutputBytes</c>; the rest was thrown away.</param>
internal sealed record ExecView(int ExitCode, int? Signal, bool TimedOut, string Stdout, string Stderr, bool Truncated, double DurationMs)
{
    public static ExecView Of(ExecResult result, bool base64)
    {
        var (status, truncated) = (result.Status, result.Truncated);
        return new(status.Code, status.Signal, status.TimedOut, Text(result.Stdout, base64, truncated), Text(result.Stderr, base64, truncated), truncated, Math.Round(result.Duration.TotalMilliseconds, 3));
    }

    // A cut may fall inside a character: the half that is left is dropped rather than shown as a broken one.
    private static string Text(ReadOnlyMemory<byte> bytes, bool base64, bool truncated)
    {
        if (base64) return Convert.ToBase64String(bytes.Span);
        var span = truncated ? bytes.Span[..^Utf8Text.IncompleteTail(bytes.Span)] : bytes.Span;
        return Encoding.UTF8.GetString(span);
    }
}

using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Files;

/// <summary>Modes and owners as callers write them.</summary>
internal static class FileArguments
{
    /// <summary>Octal digits, such as <c>644</c> or <c>0755</c>.</summary>
    public static Result<int?> Mode(string? text)
    {
        if (text is null) return (int?)null;
        return text.Length is >= 1 and <= 5 && text.All(digit => digit is >= '0' and <= '7') && Convert.ToInt32(text, 8) is var mode && mode <= 4095
            ? mode
            : HttpFaults.Invalid("mode", "must be octal digits from 0 to 7777, such as 0644");
    }

    public static Result<FileOwner?> Owner(string? text)
    {
        if (text is null) return (FileOwner?)null;
        var parts = text.Split(':');
        return parts.Length <= 2 && parts.All(part => part.Length is > 0 and <= 64 && !part.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && (!part.All(char.IsAsciiDigit) || int.TryParse(part, out _)))
            ? new FileOwner(text)
            : HttpFaults.Invalid("owner", "must be user, user:group or their numbers (0 to 2147483647)");
    }

    /// <summary>Whom new files belong to when the request does not say: who runs the sandbox's processes, so that they can work with them.</summary>
    public static FileOwner DefaultOwner(LiveSandbox sandbox) => new(sandbox.Sandbox.Spec.User);
}

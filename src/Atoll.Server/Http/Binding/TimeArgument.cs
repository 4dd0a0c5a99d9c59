using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Binding;

/// <summary>Times in queries and bodies: RFC 3339; without an offset, UTC.</summary>
internal static class TimeArgument
{
    public const string Form = "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z";

    public static Result<DateTimeOffset?> Parse(string field, string? text)
    {
        if (text is null) return (DateTimeOffset?)null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : HttpFaults.Invalid(field, Form);
    }
}

using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Binding;

/// <summary>The <c>Idempotency-Key</c> header: 1 to 255 printable ASCII characters, or none.</summary>
internal sealed record IdempotencyKey(string? Value)
{
    public const string Header = "Idempotency-Key";
    public const int MaxLength = 255;

    public static ValueTask<IdempotencyKey?> BindAsync(HttpContext http)
    {
        var values = http.Request.Headers[Header];
        if (values.Count == 0) return ValueTask.FromResult<IdempotencyKey?>(new(null as string));
        var value = values.Count == 1 ? values[0] : null;
        if (value is not { Length: > 0 and <= MaxLength } || value.Any(character => character is < '!' or > '~'))
            throw new RefusedException(HttpFaults.Invalid(Header, "must be one value of 1 to 255 printable ASCII characters"));
        return ValueTask.FromResult<IdempotencyKey?>(new(value));
    }
}

namespace Atoll.Server.Api.Files;

/// <summary>The bytes of a path that are no UTF-8, as answers have them: in base64.</summary>
internal static class RawBytes
{
    public static string? Of(ReadOnlyMemory<byte>? bytes) => bytes is { } raw ? Convert.ToBase64String(raw.Span) : null;
}

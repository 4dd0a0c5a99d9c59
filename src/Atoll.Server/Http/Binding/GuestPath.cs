using System.Reflection;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Binding;

/// <summary>
/// A path inside a sandbox, from the query. It is taken from the query as it was sent: the framework's own decoding turns bytes that are no UTF-8 into replacement characters,
/// and would have us work on another file than the one that was named. Such bytes are taken as they are: <see cref="PathText"/>.
/// </summary>
internal readonly record struct GuestPath(string Value)
{
    /// <summary>PATH_MAX counts the terminating NUL.</summary>
    public const int MaxBytes = 4095;

    public static ValueTask<GuestPath> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var name = parameter.Name!;
        var raw = RawQuery.Find(http.Request.QueryString.Value, name);
        if (raw is null) throw new RefusedException(HttpFaults.Invalid(name, "is missing from the query"));
        if (RawQuery.Decode(raw) is not { } bytes) throw new RefusedException(HttpFaults.InvalidPath(name, "has a broken percent-encoding"));
        return ValueTask.FromResult(new GuestPath(Parse(name, bytes)));
    }

    /// <summary>What is wrong with a path in a body; null when nothing is.</summary>
    public static Fault? Check(string field, string path) => path switch
    {
        "" => HttpFaults.InvalidPath(field, "is empty"),
        _ when path.Contains('\0') => HttpFaults.InvalidPath(field, "has a NUL in it"),
        _ when PathText.Encode(path).Length > MaxBytes => HttpFaults.InvalidPath(field, "is longer than 4,095 bytes"),
        _ => null,
    };

    /// <summary>A path of a body: as text, or as the base64 of its bytes under the field's name with <c>raw</c> before it.</summary>
    public static Result<string> Of(string field, string? text, string? raw)
    {
        if (raw is null) return text is null ? HttpFaults.Invalid(field, "is missing") : Check(field, text) is { } wrong ? wrong : text;
        var rawField = $"raw{char.ToUpperInvariant(field[0])}{field[1..]}";
        if (text is not null) return HttpFaults.Invalid(rawField, $"says what {field} says too", "Give one of them.");
        var bytes = new byte[(raw.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(raw, bytes, out var count)) return HttpFaults.InvalidPath(rawField, "is no base64");
        var path = PathText.Decode(bytes.AsSpan(0, count));
        return Check(rawField, path) is { } fault ? fault : path;
    }

    /// <summary>Absolute: what is relative starts at the sandbox's working directory.</summary>
    public static string Resolve(LiveSandbox sandbox, string path) =>
        path.StartsWith('/') ? path : sandbox.Sandbox.Spec.WorkingDirectory.TrimEnd('/') + "/" + path;

    public string In(LiveSandbox sandbox) => Resolve(sandbox, Value);

    private static string Parse(string name, byte[] bytes)
    {
        var path = PathText.Decode(bytes);
        return Check(name, path) is { } fault ? throw new RefusedException(fault) : path;
    }
}

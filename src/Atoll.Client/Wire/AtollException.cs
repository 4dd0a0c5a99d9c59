namespace Atoll.Client.Wire;

/// <summary>A call that the server refused, that did not reach it, or whose answer made no sense.</summary>
public sealed class AtollException : Exception
{
    internal AtollException(string code, string detail, string? hint = null, int? status = null, Exception? inner = null)
        : base(detail, inner) => (Code, Hint, Status) = (code, hint, status);

    /// <summary>The API's stable code (<c>sandbox_not_found</c>), or one of <see cref="AtollCodes"/> for what happened on this side of the wire.</summary>
    public string Code { get; }

    /// <summary>What to do about it, where the server knows.</summary>
    public string? Hint { get; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public int? Status { get; }

    /// <summary>What is wrong with each field of the request.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>By which the server's log names the request.</summary>
    public string? RequestId { get; init; }
}

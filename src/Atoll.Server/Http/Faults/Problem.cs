using System.Text.Json.Serialization;
using Atoll.Core.Faults;
using Microsoft.AspNetCore.WebUtilities;

namespace Atoll.Server.Http.Faults;

/// <summary>A failure as RFC 9457 writes it.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Detail">For people: what happened.</param>
/// <param name="Hint">For people: what to do about it.</param>
/// <param name="Errors">What is wrong with each field of the request, by its path as it was written.</param>
/// <param name="Side">Who can mend it: <c>caller</c>, <c>server</c>, <c>host</c> or <c>guest</c>.</param>
/// <param name="Stage">What was being done.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Side = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Stage = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequestId = null)
{
    public const string ContentType = "application/problem+json";

    public static Problem Of(int status, string code, string detail, string? hint = null) =>
        new("urn:atoll:problem:" + code, ReasonPhrases.GetReasonPhrase(status), status, code, detail, hint);

    public static Problem Of(Fault fault) =>
        Of(FaultStatus.Of(fault.Code), FaultStatus.CodeOf(fault.Code), fault.Detail, fault.Hint) with
        {
            Errors = fault.Fields.IsEmpty ? null : fault.Fields,
            Side = FaultStatusWord(fault.Side),
            Stage = FaultStatusWord(fault.Stage),
        };

    private static string FaultStatusWord<T>(T value) where T : struct, Enum => Json.EnumWords.Of(value);
}

using System.Collections.Immutable;
using Atoll.Core.Faults;

namespace Atoll.Server.Http.Faults;

/// <summary>Faults that the HTTP layer itself finds in a request.</summary>
internal static class HttpFaults
{
    public static Fault Invalid(string field, string what, string? hint = null) =>
        new(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, $"'{field}' {what}.", hint)
        {
            Fields = ImmutableDictionary<string, string>.Empty.Add(field, what + "."),
        };

    public static Fault Invalid(string detail) => new(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, detail);

    /// <summary>Several fields at once; null when there is nothing wrong with any.</summary>
    public static Fault? Of(FaultCode code, IReadOnlyDictionary<string, string> fields, string? hint = null) =>
        fields.Count == 0 ? null : new(code, FaultSide.Caller, FaultStage.Request, string.Join(' ', fields.Select(pair => $"'{pair.Key}' {pair.Value}")), hint)
        {
            Fields = fields.ToImmutableDictionary(),
        };

    public static Fault InvalidPath(string field, string what) =>
        new(FaultCode.InvalidPath, FaultSide.Caller, FaultStage.Request, $"'{field}' {what}.", "A path is 1 to 4,095 bytes without NUL; percent-encode it in a query.")
        {
            Fields = ImmutableDictionary<string, string>.Empty.Add(field, what + "."),
        };

    public static Fault TooLarge(string detail) => new(FaultCode.RequestTooLarge, FaultSide.Caller, FaultStage.Request, detail);
}

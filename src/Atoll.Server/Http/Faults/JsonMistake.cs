using System.Text.Json;
using System.Text.RegularExpressions;
using Atoll.Core.Faults;
using Atoll.Server.Api.Words;
using Atoll.Server.Json;

namespace Atoll.Server.Http.Faults;

/// <summary>
/// Says what is wrong with a JSON body in the API's own words. The serializer's messages name .NET types; of them only the kind of mistake is read, and the text falls back
/// to "is not as expected" when a later serializer words them differently (a test holds each).
/// </summary>
internal static partial class JsonMistake
{
    public static Fault Describe(JsonException mistake)
    {
        var message = mistake.Message;
        var where = mistake.LineNumber is { } line ? $" (line {line + 1}, byte {mistake.BytePositionInLine + 1})" : "";
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
            return HttpFaults.Invalid($"The body is nested more than {JsonRules.MaxDepth} deep{where}.");
        if (Duplicate().Match(message) is { Success: true } duplicate)
            return HttpFaults.Invalid(Join(FieldOf(mistake.Path), duplicate.Groups[1].Value), "is there twice" + where);
        if (Unmapped().Match(message) is { Success: true } unmapped)
            return HttpFaults.Invalid(Join(FieldOf(mistake.Path), unmapped.Groups[1].Value), "is not a field of this request" + where, "Field names are case-sensitive camelCase; see /openapi/v1.json.");
        if (Missing().Match(message) is { Success: true } missing)
            return HttpFaults.Invalid(Join(FieldOf(mistake.Path), missing.Groups[1].Value), "is missing" + where);
        if (Conversion().Match(message) is { Success: true } conversion)
            return HttpFaults.Invalid(FieldOf(mistake.Path), $"must be {Expected(conversion.Groups[1].Value, mistake.Path)}{where}");
        if (message.Contains("null value", StringComparison.Ordinal) || message.Contains("disallows null", StringComparison.Ordinal))
            return HttpFaults.Invalid(FieldOf(mistake.Path), "must not be null" + where);
        return mistake.InnerException is null
            ? HttpFaults.Invalid(FieldOf(mistake.Path), "is not as expected" + where)
            : HttpFaults.Invalid($"The body is not valid JSON{where}.");
    }

    // "$.lifecycle.timeoutSeconds" as the caller would write it; the whole body is "body".
    private static string FieldOf(string? path) => path switch
    {
        null or "" or "$" => "body",
        _ when path.StartsWith("$.", StringComparison.Ordinal) => path[2..],
        _ => path.TrimStart('$'),
    };

    private static string Join(string parent, string field) =>
        parent == "body" ? field : parent == field || parent.EndsWith('.' + field, StringComparison.Ordinal) ? parent : $"{parent}.{field}";

    // For a word that is none, the serializer names the type of the object around it: then only the field says which words there are.
    private static string Expected(string type, string? path) => type switch
    {
        _ when type.Contains(nameof(IsolationWord), StringComparison.Ordinal) => "one of " + EnumWords.All<Core.Sandboxes.IsolationKind>(),
        _ when type.Contains(nameof(LifecycleWord), StringComparison.Ordinal) => "one of " + EnumWords.All<LifecycleWord>(),
        _ when type.Contains(nameof(Core.Sandboxes.EgressDefault), StringComparison.Ordinal) => "one of " + EnumWords.All<Core.Sandboxes.EgressDefault>(),
        _ when type.Contains(nameof(Core.Code.CodeLanguage), StringComparison.Ordinal) => "one of " + EnumWords.All<Core.Code.CodeLanguage>(),
        _ when type.Contains(nameof(Core.Teams.UserRole), StringComparison.Ordinal) => "one of " + EnumWords.All<Core.Teams.UserRole>(),
        _ when type.Contains("Dictionary", StringComparison.Ordinal) => "an object of texts",
        _ when type.Contains("List", StringComparison.Ordinal) || type.Contains("Array", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) => "a list",
        _ when type.Contains("System.Int", StringComparison.Ordinal) => "a whole number in range",
        _ when type.Contains("System.Double", StringComparison.Ordinal) => "a number",
        _ when type.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when type.Contains("System.String", StringComparison.Ordinal) => "a text",
        _ => path?[(path.LastIndexOf('.') + 1)..] switch
        {
            "isolation" => "one of " + EnumWords.All<Core.Sandboxes.IsolationKind>(),
            "onTimeout" or "onIdle" => "one of " + EnumWords.All<LifecycleWord>(),
            "default" => "one of " + EnumWords.All<Core.Sandboxes.EgressDefault>(),
            "language" => "one of " + EnumWords.All<Core.Code.CodeLanguage>(),
            "role" => "one of " + EnumWords.All<Core.Teams.UserRole>(),
            _ => "an object",
        },
    };

    [GeneratedRegex("^The JSON property '(.*?)' could not be mapped", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Unmapped();

    [GeneratedRegex("^Duplicate propert[^']*'(.*?)'", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Duplicate();

    [GeneratedRegex("missing required properties[^']*'(.*?)'", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Missing();

    [GeneratedRegex(@"could not be converted to (.+?)\. Path", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Conversion();
}

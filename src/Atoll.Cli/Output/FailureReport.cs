using System.Text;
using System.Text.Json;
using Atoll.Cli.Errors;

namespace Atoll.Cli.Output;

/// <summary>Tells of a failure: what happened, which sandbox, what to do. Never a stack trace.</summary>
internal static class FailureReport
{
    public static void Write(CliOutput output, Failure failure)
    {
        if (output.Json)
        {
            var body = new ErrorBody(failure.Code, failure.Detail, failure.Hint, failure.Sandbox, failure.Fields, failure.RequestId, failure.ExitCode);
            output.ErrorLine(JsonSerializer.Serialize(new ErrorJson(body), CliJson.Default.ErrorJson));
            return;
        }

        var text = new StringBuilder();
        text.Append(output.ErrorColours ? "\e[1;31merror:\e[0m " : "error: ").Append(Safe.Line(failure.Detail)).Append(" (").Append(Safe.Line(failure.Code)).Append(')');
        var mistakes = Mistakes(failure);
        foreach (var (field, message) in mistakes) text.Append("\n  ").Append(Safe.Line(field)).Append(": ").Append(Safe.Line(message));
        if (failure.Sandbox is { } sandbox) text.Append("\n  sandbox: ").Append(Safe.Line(sandbox));
        if (failure.Hint is { } hint && !(mistakes.Count > 0 && IsAboutFields(hint))) text.Append("\n  what to do: ").Append(Safe.Line(hint));
        if (failure.RequestId is { } request && failure.ExitCode == ExitCode.Other) text.Append("\n  request: ").Append(Safe.Line(request));
        output.ErrorLine(text.ToString());
    }

    /// <summary>What is wrong with each field, once: a single one is the failure's own sentence already.</summary>
    private static List<(string Field, string Message)> Mistakes(Failure failure)
    {
        List<(string Field, string Message)> all = [.. (failure.Fields ?? new Dictionary<string, IReadOnlyList<string>>()).SelectMany(field => field.Value.Select(message => (field.Key, message)))];
        return all is [var only] && failure.Detail.Contains(only.Message, StringComparison.Ordinal) ? [] : all;
    }

    // Of the JSON, which is not shown here.
    private static bool IsAboutFields(string hint) => hint.StartsWith("See 'errors'", StringComparison.Ordinal);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Requests;

namespace Atoll.Core.Code.Running;

/// <summary>What code and contexts must keep to; every mistake at once, by the field's path in the API.</summary>
internal static partial class CodeRules
{
    private const int MaxPathBytes = 4095;

    public static Fault? Check(CodeRequest request, CodeOptions options)
    {
        FieldErrors errors = new();
        var bytes = Encoding.UTF8.GetByteCount(request.Code);
        if (string.IsNullOrWhiteSpace(request.Code)) errors.Add("code", "The code is empty.");
        else if (bytes > options.MaxCodeBytes) errors.Add("code", $"The code is {bytes} bytes; at most {options.MaxCodeBytes}. Write what is larger to a file and run that.");
        else if (request.Code.Contains('\0') || !EnvironmentRules.IsText(request.Code)) errors.Add("code", "The code must be Unicode text without NUL.");
        if (request.Context is { } context && context.Length is 0 or > 128) errors.Add("context", "A context's id or name has 1 to 128 characters.");
        if (request.Timeout is { } timeout && !(timeout > TimeSpan.Zero && timeout.TotalSeconds <= options.MaxTimeoutSeconds))
            errors.Add("timeoutSeconds", string.Create(CultureInfo.InvariantCulture, $"It must be above 0 and at most {options.MaxTimeoutSeconds}."));
        if (request.MaxOutputBytes < 0) errors.Add("maxOutputBytes", "It must be 0 or more.");
        CheckPlace(errors, request.WorkingDirectory, request.User, request.Env);
        return errors.ToFault();
    }

    public static Fault? Check(CodeContextRequest request)
    {
        FieldErrors errors = new();
        if (request.Name is { } name && (!Name().IsMatch(name) || CodeLanguages.TryParse(name, out _)))
            errors.Add("name", "A name has 1 to 64 letters, digits, '_', '.' or '-', begins with a letter, and is not a language's.");
        CheckPlace(errors, request.WorkingDirectory, request.User, request.Env);
        return errors.ToFault();
    }

    public static Fault Wrong(string field, string mistake)
    {
        FieldErrors errors = new();
        errors.Add(field, mistake);
        return errors.ToFault()!;
    }

    private static void CheckPlace(FieldErrors errors, string? cwd, string? user, ImmutableDictionary<string, string> env)
    {
        if (cwd is not null && (!cwd.StartsWith('/') || cwd.Contains('\0') || !EnvironmentRules.IsText(cwd) || Encoding.UTF8.GetByteCount(cwd) > MaxPathBytes))
            errors.Add("cwd", $"A directory is a path of at most {MaxPathBytes} bytes without NUL.");
        if (user is not null) UserRules.CheckUser(errors, user);
        EnvironmentRules.Check(errors, env);

        // Shells have no others, and one of them would have to pass each on.
        foreach (var name in env.Keys.Where(name => !Variable().IsMatch(name))) errors.Add("env", $"'{(name.Length > 40 ? name[..40] : name)}' is no name of a variable: letters, digits and '_', not beginning with a digit.");
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

using Atoll.Cli.Native;
using Atoll.Client.Wire;

namespace Atoll.Cli.Errors;

/// <summary>What is told of a failure: what happened, which sandbox, what to do.</summary>
internal sealed record Failure(string Code, string Detail, string? Hint, string? Sandbox, IReadOnlyDictionary<string, IReadOnlyList<string>>? Fields, string? RequestId, int ExitCode)
{
    /// <param name="sandbox">The sandbox at work, when one is.</param>
    /// <param name="exec">The command passes on another program's exit status.</param>
    public static Failure From(Exception exception, string? sandbox, bool exec) => exception switch
    {
        AtollException api => new(api.Code, api.Message, AdviceOf(api), sandbox, api.Errors.Count > 0 ? api.Errors : null, api.RequestId, Exit(api.Code, exec)),
        CliException own => new(own.Code, own.Message, own.Hint, sandbox, null, null, Exit(own.Code, exec)),
        IOException or UnauthorizedAccessException => new(Codes.Local, exception.Message, null, sandbox, null, null, Exit(Codes.Local, exec)),
        _ => new(Codes.Bug, $"This is a bug in atoll: {exception.GetType().Name}: {exception.Message}", "Please report it with the command you gave.", sandbox, null, null, Exit(Codes.Bug, exec)),
    };

    /// <summary>The end without a word: the reader of our output is gone.</summary>
    public static bool IsQuiet(Exception exception) => exception is BrokenPipeException;

    private static int Exit(string code, bool exec) => exec ? Errors.ExitCode.OfExec(code) : Errors.ExitCode.Of(code);

    // The server's hint, but for one to list something: which command does that is known here.
    private static string? AdviceOf(AtollException api) => api.Hint is { } said && !said.StartsWith("List your ", StringComparison.Ordinal) ? said : HintFor(api.Code) ?? api.Hint;

    private static string? HintFor(string code) => code switch
    {
        "unauthenticated" => "Set ATOLL_API_KEY, or keep a key with: atoll login",
        "sandbox_not_found" => "See which there are: atoll ls",
        "sandbox_ended" => "See why: atoll inspect SANDBOX",
        "process_not_found" => "See which there are: atoll ps SANDBOX",
        "port_not_exposed" => "See which are: atoll port ls SANDBOX",
        "volume_not_found" => "See which there are: atoll volume ls",
        "key_not_found" => "See which there are: atoll key ls",
        "team_not_found" => "See which there are: atoll team ls",
        "team_user_not_found" => "See which there are: atoll user ls",
        _ => null,
    };
}

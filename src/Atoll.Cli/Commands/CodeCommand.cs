using System.CommandLine;
using Atoll.Cli.Coding;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Code;

namespace Atoll.Cli.Commands;

/// <summary>Code in a context of a sandbox.</summary>
internal sealed class CodeCommand : AtollCommand
{
    private readonly Option<string?> _code = new("--code", "-c") { Description = "The code itself, instead of a file", HelpName = "code" };
    private readonly Option<string?> _language = new("--language", "-l") { Description = "python, javascript or bash (else by the file's extension, else python)", HelpName = "language" };
    private readonly Option<string?> _context = new("--context") { Description = "A context's id or name (else the language's default one)", HelpName = "context" };
    private readonly Option<string?> _user = new("--user", "-u") { Description = "Whose default context is meant", HelpName = "user" };
    private readonly Option<string?> _workdir = new("--workdir", "-w") { Description = "Where this code runs; the context stays where it is", HelpName = "path" };
    private readonly Option<Dictionary<string, string>> _env = KeyValues.Option("--env", ["-e"], "Variables for this code; a bare KEY takes the value set here", fromEnvironment: true);
    private readonly Option<double?> _timeout = Quantities.Duration("--timeout", "It is interrupted after this long");
    private readonly Option<string?> _save = new("--save") { Description = "A folder for pictures and documents among the results", HelpName = "folder" };
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Argument<string?> _file = new("file") { Description = "A file with the code, or - for stdin (the default)", Arity = ArgumentArity.ZeroOrOne };

    public CodeCommand()
        : base(
            "code",
            "Run code in a sandbox: what it defines is there for the next code. Ctrl-C interrupts it; its state stays. The exit status is 1 when the code fails.",
            "atoll code web -c 'x = 20'",
            "atoll code web -c 'x + 1'",
            "atoll code web plot.py --save pictures",
            "echo 'ls | wc -l' | atoll code web -l bash")
    {
        _language.CompletionSources.Add("python", "javascript", "bash");
        foreach (var option in (Option[])[_code, _language, _context, _user, _workdir, _env, _timeout, _save]) Add(option);
        Add(_sandbox);
        Add(_file);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var (code, file, named) = (parse.GetValue(_code), parse.GetValue(_file), parse.GetValue(_context));
        if (code is not null && file is not null) throw new CliException(Codes.Usage, "Give either a file or --code, not both.");
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var request = new RunCode(code ?? await CodeSource.ReadAsync(file, cancellation))
        {
            // A named context knows its language.
            Language = parse.GetValue(_language) ?? (named is null ? CodeSource.LanguageOf(file) : null),
            Context = named,
            User = parse.GetValue(_user),
            Cwd = parse.GetValue(_workdir),
            Env = parse.GetValue(_env) is { Count: > 0 } env ? env : null,
            TimeoutSeconds = parse.GetValue(_timeout) is > 0 and var seconds ? seconds : null,
        };
        var report = new CodeReport(context.Output, parse.GetValue(_save));
        await foreach (var happened in context.Client.Code(sandbox).StreamAsync(request, cancellation)) await report.TellAsync(happened);
        return report.Failed ? ExitCode.Other : ExitCode.Success;
    }
}

using System.CommandLine;
using Atoll.Cli.Commands;
using Atoll.Cli.Errors;
using Atoll.Cli.Help;
using Atoll.Cli.Invocation;
using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Client.Files;

// "@file" must stay an argument of the sandbox's command, so response files are off.
var given = Arguments.Exact(args);
var parse = CommandTree.Build().Parse(given, new ParserConfiguration { ResponseFileTokenReplacer = null });

// --help and completion work on half a command line, and clear its mistakes themselves.
if (parse.Errors.Count > 0 && parse.Action?.ClearsParseErrors != true)
{
    var command = parse.CommandResult.Command;
    if (args.Length == 0 || (command.Subcommands.Count > 0 && parse.UnmatchedTokens.Count == 0 && parse.Tokens.Count > 0 && parse.Tokens[^1].Value == command.Name))
    {
        Console.Out.Write(HelpText.Of(command));
        return args.Length == 0 ? ExitCode.Success : ExitCode.Usage;
    }

    var output = new CliOutput { Json = parse.GetValue(GlobalOptions.Json) };
    // A word that is no command is told as that, not also as a command that is missing.
    var messages = parse.Errors.Select(error => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Distinct().ToList();
    var mistakes = string.Join(" ", parse.UnmatchedTokens.Count > 0 && messages.Count > 1 ? messages.Where(message => parse.UnmatchedTokens.Any(message.Contains)) : messages);
    if (parse.UnmatchedTokens is [var first, ..] && parse.Errors.All(error => error.Message.Contains("Unrecognized", StringComparison.Ordinal) || error.Message.Contains("Required command", StringComparison.Ordinal)))
        mistakes = $"There is no {(first.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument")} '{first}'.";
    FailureReport.Write(output, new(Codes.Usage, mistakes, $"See: {HelpText.Path(command)} --help", null, null, null, ExitCode.Usage));
    return command is AtollCommand { PassesExitStatus: true } ? ExitCode.NotRun : ExitCode.Usage;
}

if (given.FirstOrDefault(PathText.HasEscapes) is { } raw && parse.CommandResult.Command is AtollCommand { TakesBytes: false } plain)
{
    FailureReport.Write(
        new CliOutput { Json = parse.GetValue(GlobalOptions.Json) },
        new(Codes.Usage, $"'{PathText.Shown(raw)}' is no UTF-8, which only atoll cp and atoll volume cp take.", "Have a shell in the sandbox write it: sh -c 'cat \"$(printf \"caf\\351\")\"'", null, null, null, ExitCode.Usage));
    return plain.PassesExitStatus ? ExitCode.NotRun : ExitCode.Usage;
}

// Signals are the commands' own business (Terminals/Interrupts), and so are failures (Commands/CommandRunner).
return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });

using System.CommandLine;
using Atoll.Cli.Invocation;

namespace Atoll.Cli.Options;

/// <summary>How our standard streams are those of a command in a sandbox.</summary>
internal sealed class StreamOptions
{
    private readonly Option<bool> _interactive = new("--interactive", "-i") { Description = "Pass stdin on even from a terminal (a pipe or file is passed on anyway)" };
    private readonly Option<bool> _terminal = new("--tty", "-t") { Description = "Give the command a terminal" };

    public void AddTo(Command command)
    {
        command.Add(_interactive);
        command.Add(_terminal);
    }

    /// <summary>A terminal on our side is passed on only when asked for: a command that does not read would still take what is typed.</summary>
    public (bool Input, bool Terminal) Read(ParseResult parse, CommandContext context) =>
        (parse.GetValue(_interactive) || !context.Output.StdinIsTerminal, parse.GetValue(_terminal));
}

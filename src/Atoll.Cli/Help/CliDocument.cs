using System.CommandLine;
using System.Text;

namespace Atoll.Cli.Help;

/// <summary>The command reference of docs/cli.md: the help of every command, as the program prints it.</summary>
internal static class CliDocument
{
    public static string Reference(Command root)
    {
        var text = new StringBuilder();
        Add(text, root);
        return text.ToString();
    }

    private static void Add(StringBuilder text, Command command)
    {
        if (command.Hidden) return;
        text.Append("### ").Append(HelpText.Path(command)).Append("\n\n```\n").Append(HelpText.Of(command)).Append("```\n\n");
        foreach (var below in command.Subcommands) Add(text, below);
    }
}

using System.CommandLine;
using System.Text;
using Atoll.Cli.Invocation;

namespace Atoll.Cli.Help;

/// <summary>A command's help: what it does, how it is written, examples, and each of its arguments and options.</summary>
internal static class HelpText
{
    private const int Width = 100;
    private const int Gap = 2;

    public static string Of(Command command)
    {
        var text = new StringBuilder();
        Wrap(text, command.Description ?? "", 0, 0);
        text.Append("\nUsage:\n  ").Append(Usage(command)).Append('\n');
        if (command is AtollCommand { Examples.Count: > 0 } documented) text.Append("\nExamples:\n").AppendJoin("", documented.Examples.Select(example => $"  {example}\n"));
        Section(text, "Commands", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, FirstSentence(sub.Description))));
        Section(text, "Arguments", command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description ?? "")));
        Section(text, "Options", command.Options.Where(option => !option.Hidden).Select(Row));
        if (command.Parents.Any()) Section(text, "Everywhere", Root(command).Options.Where(option => option.Recursive && !command.Options.Contains(option)).Select(Row));
        if (!command.Parents.Any()) text.Append("\nMore about a command: atoll COMMAND --help\n");
        return text.ToString();
    }

    public static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "atoll";

    private static string Usage(Command command)
    {
        var usage = new StringBuilder(Path(command));
        if (command.Subcommands.Count > 0) usage.Append(" <command>");
        if (command.Options.Any(option => !option.Hidden)) usage.Append(" [options]");
        foreach (var argument in command.Arguments)
        {
            var form = argument.Arity.MaximumNumberOfValues > 1 ? $"<{argument.Name}>..." : $"<{argument.Name}>";
            usage.Append(argument.CaptureRemainingTokens ? " --" : "").Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{form}]" : $" {form}");
        }

        return usage.ToString();
    }

    private static (string Name, string Description) Row(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal));
        var takesValue = option.ValueType != typeof(bool) && option.ValueType != typeof(void) && option.Arity.MaximumNumberOfValues > 0;
        return (takesValue ? $"{names} <{option.HelpName ?? "value"}>" : names, option.Description ?? "");
    }

    private static Command Root(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Root(parent) : command;

    private static string FirstSentence(string? description) =>
        description is null ? "" : description.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? description[..end] : description.TrimEnd('.');

    private static void Section(StringBuilder text, string title, IEnumerable<(string Name, string Description)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        var column = Math.Min(all.Max(row => row.Name.Length), 32) + Gap + Gap;
        text.Append('\n').Append(title).Append(":\n");
        foreach (var (name, description) in all)
        {
            var start = new string(' ', Gap) + name;
            text.Append(start);
            if (start.Length + Gap > column) text.Append('\n').Append(' ', column);
            else text.Append(' ', column - start.Length);
            Wrap(text, description, column, column);
        }
    }

    private static void Wrap(StringBuilder text, string words, int at, int indent)
    {
        foreach (var word in words.Split(' '))
        {
            if (at > indent && at + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', indent);
                at = indent;
            }
            else if (at > indent)
            {
                text.Append(' ');
                at++;
            }

            text.Append(word);
            at += word.Length;
        }

        text.Append('\n');
    }
}

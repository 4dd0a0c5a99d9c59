using System.CommandLine;

namespace Atoll.Cli.Options;

/// <summary>Names a team.</summary>
internal static class TeamArgument
{
    private const string Help = "A team: its name or id";

    public static Argument<string> Required() => new("team") { Description = Help };

    public static Argument<string?> Optional(string description) => new("team") { Description = description, Arity = ArgumentArity.ZeroOrOne };

    public static Option<string?> Option(string description) => new("--team") { Description = description, HelpName = "team" };
}

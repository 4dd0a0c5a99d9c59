using System.CommandLine;

namespace Atoll.Cli.Options;

/// <summary>Names a volume.</summary>
internal static class VolumeArgument
{
    public static Argument<string> Required() => new("volume") { Description = "The volume's name or id" };

    public static Argument<string[]> Several() => new("volume") { Description = "Volumes' names or ids", Arity = ArgumentArity.OneOrMore };

    public static Option<string?> Name() => new("--name", "-n") { Description = "A name, unique among the team's volumes", HelpName = "name" };
}

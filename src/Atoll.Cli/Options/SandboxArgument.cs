using System.CommandLine;

namespace Atoll.Cli.Options;

/// <summary>Names an existing sandbox.</summary>
internal static class SandboxArgument
{
    public const string Help = "A sandbox: its name, its id, or the beginning of its id";

    public static Argument<string> Required() => new("sandbox") { Description = Help };

    public static Argument<string?> Optional(string description) => new("sandbox") { Description = description, Arity = ArgumentArity.ZeroOrOne };
}

using System.CommandLine;

namespace Atoll.Cli.Options;

/// <summary>A command to run in a sandbox: everything from its first word on, options of its own included.</summary>
internal static class CommandArgument
{
    public static Argument<string[]> Required() => new("command")
    {
        Description = "The command and its arguments; put -- before it, so that its options are not taken for ours",
        Arity = ArgumentArity.OneOrMore,
        CaptureRemainingTokens = true,
    };
}

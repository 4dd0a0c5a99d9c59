using System.CommandLine;

namespace Atoll.Cli.Options;

/// <summary>Options given as <c>KEY=VALUE</c>, any number of times; the last of a key holds.</summary>
internal static class KeyValues
{
    /// <param name="fromEnvironment">A bare KEY takes this program's own value of it.</param>
    public static Option<Dictionary<string, string>> Option(string name, string[] aliases, string description, bool fromEnvironment) => new(name, aliases)
    {
        Description = description,
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result =>
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var token in result.Tokens)
            {
                var split = token.Value.IndexOf('=');
                if (split > 0) values[token.Value[..split]] = token.Value[(split + 1)..];
                else if (split < 0 && fromEnvironment && token.Value.Length > 0 && Environment.GetEnvironmentVariable(token.Value) is { } own) values[token.Value] = own;
                else if (split < 0 && fromEnvironment && token.Value.Length > 0) result.AddError($"{name}: '{token.Value}' is not set here; give {token.Value}=VALUE.");
                else result.AddError($"{name}: '{token.Value}' is not of the form KEY=VALUE.");
            }

            return values;
        },
    };
}

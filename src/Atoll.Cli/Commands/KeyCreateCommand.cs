using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes an API key.</summary>
internal sealed class KeyCreateCommand : AtollCommand
{
    private readonly Argument<string> _name = new("name") { Description = "What it is for" };

    public KeyCreateCommand()
        : base("create", "Make an API key. It is printed this once: only its hash is kept.", "atoll key create ci", "atoll key create ci --json | jq -r .key") => Add(_name);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var created = await context.Client.Keys.CreateAsync(parse.GetRequiredValue(_name), cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(created, AtollJson.Default.CreatedKey);
            return 0;
        }

        // The key alone on stdout, so that it can be caught in a variable.
        context.Output.Line(created.Secret);
        context.Output.ErrorLine($"{created.Id} ({created.Name}): keep the key now, it cannot be shown again.");
        return 0;
    }
}

using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Takes an API key back.</summary>
internal sealed class KeyRemoveCommand : AtollCommand
{
    private readonly Argument<string> _id = new("id") { Description = "The key's id, as atoll key ls shows it" };

    public KeyRemoveCommand()
        : base("rm", "Take an API key back: from now on it opens nothing.", "atoll key rm key_0123456789ab") => Add(_id);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var id = parse.GetRequiredValue(_id);
        await context.Client.Keys.RevokeAsync(id, cancellation);
        if (context.Output.Json) context.Output.JsonLine(new RemovedJson(id, true), CliJson.Default.RemovedJson);
        else context.Output.Line(id);
        return 0;
    }
}

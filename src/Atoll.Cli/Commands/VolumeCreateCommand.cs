using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes an empty volume.</summary>
internal sealed class VolumeCreateCommand : AtollCommand
{
    private readonly Argument<string?> _name = new("name") { Description = "A name, unique among the team's volumes", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<long?> _size = Quantities.Size("--size", "The most that can be written to it, such as 500m or 20g (the server's default: 10g)");

    public VolumeCreateCommand()
        : base("create", "Make an empty volume and print its id.", "atoll volume create data", "atoll volume create models --size 100g", "atoll create --volume data:/data")
    {
        Add(_name);
        Add(_size);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var made = await context.Client.Volumes.CreateAsync(new(parse.GetValue(_name), parse.GetValue(_size)), cancellation);
        if (context.Output.Json) context.Output.JsonLine(made, AtollJson.Default.VolumeInfo);
        else context.Output.Line(made.Id);
        return 0;
    }
}

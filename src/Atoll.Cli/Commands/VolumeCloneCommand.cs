using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes a volume that begins as another is.</summary>
internal sealed class VolumeCloneCommand : AtollCommand
{
    private readonly Argument<string> _volume = VolumeArgument.Required();
    private readonly Option<string?> _name = VolumeArgument.Name();
    private readonly Option<long?> _size = Quantities.Size("--size", "The most that can be written to it beyond what it begins with; left out, as its source has");

    public VolumeCloneCommand()
        : base("clone", "Make a volume that begins as another, or a snapshot, is now, and print its id. It takes no time and no space until one of the two changes.", "atoll volume clone data --name try", "atoll volume clone monday --size 20g")
    {
        Add(_volume);
        Add(_name);
        Add(_size);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var made = await context.Client.Volumes.CloneAsync(parse.GetRequiredValue(_volume), new(parse.GetValue(_name), parse.GetValue(_size)), cancellation);
        if (context.Output.Json) context.Output.JsonLine(made, AtollJson.Default.VolumeInfo);
        else context.Output.Line(made.Id);
        return 0;
    }
}

using System.CommandLine;
using Atoll.Cli.Copying;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Copies files between here and a volume that no sandbox has mounted.</summary>
internal sealed class VolumeCopyCommand : AtollCommand
{
    private readonly Argument<string> _source = new("source") { Description = "What to copy: a local path, VOLUME:/path, or - for stdin" };
    private readonly Argument<string> _destination = new("destination") { Description = "Where to: a local path, VOLUME:/path, or - for stdout" };

    public VolumeCopyCommand()
        : base(
            "cp",
            "Copy files and directories between here and a volume that no sandbox has mounted, with their modes; symlinks are left out. Files of a mounted one are reached through its sandbox: atoll cp.",
            "atoll volume cp model.bin data:/models/",
            "atoll volume cp data:/results ./results",
            "cat data.csv | atoll volume cp - data:/data.csv")
    {
        Add(_source);
        Add(_destination);
    }

    public override bool TakesBytes => true;

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var (source, destination) = (Endpoint.Parse(parse.GetRequiredValue(_source)), Endpoint.Parse(parse.GetRequiredValue(_destination)));
        if (source.Sandbox is null == destination.Sandbox is null) throw new CliException(Codes.Usage, "One of the two must be in a volume, and only one.", "Write it as VOLUME:/path");
        var files = context.Client.Volumes.Files(source.Sandbox ?? destination.Sandbox!);
        var transfer = new Transfer(context.Time);
        await using (new Spinner(context.Output, context.Time, transfer.Describe))
        {
            if (source.Sandbox is null) await new VolumeUpload(files, transfer, Warn).RunAsync(source, destination.Path, cancellation);
            else await new VolumeDownload(files, context.Output, transfer, Warn).RunAsync(source.Path, destination, cancellation);
        }

        if (context.Output.Json && !destination.IsStream)
            context.Output.JsonLine(CopyJson.Of(parse.GetRequiredValue(_source), parse.GetRequiredValue(_destination), transfer.Files, transfer.Bytes, transfer.Elapsed.TotalSeconds), CliJson.Default.CopyJson);
        return 0;

        void Warn(string text) => context.Output.ErrorLine(Safe.Line(text));
    }
}

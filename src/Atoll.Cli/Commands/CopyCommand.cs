using System.CommandLine;
using Atoll.Cli.Copying;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Copies files between here and a sandbox.</summary>
internal sealed class CopyCommand : AtollCommand
{
    // What a sandbox may send before someone must say that it is meant: larger than most work, smaller than most disks.
    private const long UsualLargestMiB = 32 * 1024;

    private readonly Option<long?> _largest = Quantities.Size("--max-size", "The most that may come from a sandbox (32g unless said otherwise)");
    private readonly Argument<string> _source = new("source") { Description = "What to copy: a local path, SANDBOX:/path, or - for stdin" };
    private readonly Argument<string> _destination = new("destination") { Description = "Where to: a local path, SANDBOX:/path, or - for stdout" };

    public CopyCommand()
        : base(
            "cp",
            "Copy files and directories between here and a sandbox, with their modes. A copy that breaks off leaves no half file under its name.",
            "atoll cp main.py web:/home/user/",
            "atoll cp web:/var/log ./logs",
            "cat data.csv | atoll cp - web:/tmp/data.csv",
            "atoll cp web:/home/user - | tar t")
    {
        Add(_largest);
        Add(_source);
        Add(_destination);
    }

    public override bool TakesBytes => true;

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var (source, destination) = (Endpoint.Parse(parse.GetRequiredValue(_source)), Endpoint.Parse(parse.GetRequiredValue(_destination)));
        if (source.Sandbox is null == destination.Sandbox is null) throw new CliException(Codes.Usage, "One of the two must be in a sandbox, and only one.", "Write it as SANDBOX:/path");
        var sandbox = await context.FindIdAsync(source.Sandbox ?? destination.Sandbox!, cancellation);
        var files = context.Client.Files(sandbox);
        var transfer = new Transfer(context.Time);
        await using (new Spinner(context.Output, context.Time, transfer.Describe))
        {
            if (source.Sandbox is null) await new Upload(files, transfer, Warn).RunAsync(source, destination.Path, cancellation);
            else await new Download(files, context.Output, (parse.GetValue(_largest) ?? UsualLargestMiB) * 1024 * 1024, transfer, Warn).RunAsync(source.Path, destination, cancellation);
        }

        if (context.Output.Json && !destination.IsStream)
            context.Output.JsonLine(CopyJson.Of(parse.GetRequiredValue(_source), parse.GetRequiredValue(_destination), transfer.Files, transfer.Bytes, transfer.Elapsed.TotalSeconds), CliJson.Default.CopyJson);
        return 0;

        void Warn(string text) => context.Output.ErrorLine(Safe.Line(text));
    }
}

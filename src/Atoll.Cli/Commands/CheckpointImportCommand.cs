using System.CommandLine;
using Atoll.Cli.Copying;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Client.Checkpoints;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes a checkpoint of what was exported, here or elsewhere.</summary>
internal sealed class CheckpointImportCommand : AtollCommand
{
    private const string KeyBegins = "exports/";
    private readonly Argument<string> _from = new("key-or-file") { Description = "The key that the export printed (exports/…), or a file written by export --to" };
    private readonly Option<string?> _name = new("--name", "-n") { Description = "What to call it (else as it was)", HelpName = "name" };
    private readonly Option<string?> _comment = new("--comment", "-m") { Description = "What it is for (else as it was)", HelpName = "text" };

    public CheckpointImportCommand()
        : base(
            "import",
            "Make a checkpoint of an export, and print its id: by its key, from the server's object store, or from a file. It has an id of its own, and can be forked and restored as any other.",
            "atoll checkpoint import exports/c0a1b2c3d4e5f6g7h8i9j/3f1c…",
            "atoll checkpoint import web.atoll --name web")
    {
        Add(_from);
        foreach (var option in (Option[])[_name, _comment]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var from = parse.GetRequiredValue(_from);
        var (name, comment) = (parse.GetValue(_name), parse.GetValue(_comment));
        var transfer = new Transfer(context.Time);
        CheckpointInfo made;
        await using (new Output.Spinner(context.Output, context.Time, () => "importing  " + transfer.Describe()))
        {
            made = from.StartsWith(KeyBegins, StringComparison.Ordinal) && !File.Exists(from)
                ? await context.Client.Transfers.ImportAsync(new(from, name, comment), transfer.Follow, cancellation)
                : await UploadAsync(from, name, comment, transfer, context, cancellation);
        }

        if (context.Output.Json) context.Output.JsonLine(made, AtollJson.Default.CheckpointInfo);
        else context.Output.Line(made.Id);
        return 0;
    }

    private static async Task<CheckpointInfo> UploadAsync(string path, string? name, string? comment, Transfer transfer, CommandContext context, CancellationToken cancellation)
    {
        if (!File.Exists(path)) throw new CliException(Codes.Usage, $"There is no file {path}, and it is no key of an export.", "A key begins with exports/");
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        transfer.Total = file.Length;
        return await context.Client.Transfers.ImportAsync(name, comment, file.Length, (to, over) => Streams.CopyAsync(file, to, transfer, over), cancellation);
    }
}

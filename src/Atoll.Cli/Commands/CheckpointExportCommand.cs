using System.CommandLine;
using Atoll.Cli.Copying;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Checkpoints;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Puts a checkpoint where another machine can take it from.</summary>
internal sealed class CheckpointExportCommand : AtollCommand
{
    // Env and disk may hold secrets: the file is its owner's.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Argument<string> _id = new("checkpoint") { Description = "A checkpoint's id" };
    private readonly Option<string?> _to = new("--to") { Description = "Also write it into this local file, which any server can import", HelpName = "file" };

    public CheckpointExportCommand()
        : base(
            "export",
            "Put a checkpoint into the server's object store, and print its key there. What is there already is not sent again, so an export that broke off goes on. With --to it is also written into a file here.",
            "atoll checkpoint export c0a1b2c3d4e5f6g7h8i9j",
            "atoll checkpoint export c0a1b2c3d4e5f6g7h8i9j --to web.atoll")
    {
        Add(_id);
        Add(_to);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var id = parse.GetRequiredValue(_id);
        ExportInfo exported;
        var sending = new Transfer(context.Time);
        await using (new Spinner(context.Output, context.Time, () => "exporting  " + sending.Describe()))
        {
            exported = await context.Client.Transfers.ExportAsync(id, sending.Follow, cancellation);
        }

        if (parse.GetValue(_to) is { } path) await WriteAsync(id, path, context, cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(exported, AtollJson.Default.ExportInfo);
            return 0;
        }

        context.Output.Line(exported.Key);
        context.Output.ErrorLine($"{Show.Bytes(exported.SizeBytes)} in {exported.Parts} parts, {Show.Bytes(exported.SentBytes)} of it sent.");
        return 0;
    }

    private static async Task WriteAsync(string id, string path, CommandContext context, CancellationToken cancellation)
    {
        var copying = new Transfer(context.Time);
        await using (new Spinner(context.Output, context.Time, () => "writing  " + copying.Describe()))
        {
            await using var download = await context.Client.Transfers.DownloadAsync(id, cancellation);
            copying.Total = download.Length;
            await using var file = new LocalFile(path);
            await Streams.CopyAsync(download.Bytes, file.Stream, copying, cancellation);
            if (download.Length is { } length && length != copying.Bytes) throw new CliException(Codes.Local, "The connection broke before the file was whole.", "Try again: what has been exported is not sent again.");
            await file.KeepAsync(OwnerOnly, null);
        }
    }
}

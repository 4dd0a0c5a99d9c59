using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;

namespace Atoll.Cli.Commands;

/// <summary>Deletes exports.</summary>
internal sealed class ExportRemoveCommand : AtollCommand
{
    private readonly Argument<string[]> _keys = new("key") { Description = "Exports' keys: exports/CHECKPOINT/DIGEST", Arity = ArgumentArity.OneOrMore };

    public ExportRemoveCommand()
        : base(
            "rm",
            "Delete exports from the server's object store. Checkpoints, and what has been imported, stay; parts that other exports or archives need stay too. Each that could not be deleted is told, the others are deleted.",
            "atoll export rm exports/c0a1b2c3d4e5f6g7h8i9j/9f86d081884c7d65…") => Add(_keys);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var keys = parse.GetRequiredValue(_keys);
        if (Array.Find(keys, key => key.Split('/') is not ["exports", not "", not ""]) is { } wrong) throw new CliException(Codes.Usage, $"'{wrong}' is no key of an export.", "Keys are exports/CHECKPOINT/DIGEST: atoll export ls");
        return await Removals.EachAsync(context, keys, key => context.Client.Exports.DeleteAsync(key, cancellation));
    }
}

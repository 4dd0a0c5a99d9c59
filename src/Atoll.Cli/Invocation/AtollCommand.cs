using System.CommandLine;

namespace Atoll.Cli.Invocation;

/// <summary>A command with examples for its help. Failures leave <see cref="RunAsync"/> as exceptions; <see cref="CommandRunner"/> tells of them.</summary>
internal abstract class AtollCommand : Command
{
    protected AtollCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction((parse, cancellation) => CommandRunner.RunAsync(this, parse));
    }

    public IReadOnlyList<string> Examples { get; }

    /// <summary>Its exit status is another program's, so that failures of our own are 125 to 127.</summary>
    public virtual bool PassesExitStatus => false;

    /// <summary>Its arguments may be names of any bytes: <see cref="Client.Files.PathText"/>. Others are refused such, since JSON could carry them only as something else.</summary>
    public virtual bool TakesBytes => false;

    public abstract Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation);
}

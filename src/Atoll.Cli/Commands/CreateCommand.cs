using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes a sandbox that stays.</summary>
internal sealed class CreateCommand : AtollCommand
{
    private readonly SandboxOptions _sandbox = new();

    public CreateCommand()
        : base(
            "create",
            "Create a sandbox and print its id. When it is printed, the next command runs at once.",
            "atoll create --name web",
            "atoll create --isolation container --cpu 2 --memory 4g --timeout 8h",
            "atoll create --idle 10m --on-idle suspend",
            "atoll create --json --metadata project=demo")
        => _sandbox.AddTo(this);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        SandboxInfo created;
        await using (context.Wait("creating a sandbox")) created = await context.Client.Sandboxes.CreateAsync(_sandbox.Request(parse), Guid.NewGuid().ToString("N"), cancellation);
        if (context.Output.Json) context.Output.JsonLine(created, AtollJson.Default.SandboxInfo);
        else context.Output.Line(created.Id);
        return 0;
    }
}

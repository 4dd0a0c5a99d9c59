using System.CommandLine;
using System.CommandLine.Invocation;
using Atoll.Cli.Commands;

namespace Atoll.Cli.Help;

/// <summary>What <c>--version</c> does.</summary>
internal sealed class VersionWriter : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write($"atoll {VersionCommand.Own}\n");
        return 0;
    }
}

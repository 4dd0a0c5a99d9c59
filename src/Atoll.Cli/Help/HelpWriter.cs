using System.CommandLine;
using System.CommandLine.Invocation;

namespace Atoll.Cli.Help;

/// <summary>What <c>--help</c> does.</summary>
internal sealed class HelpWriter : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(HelpText.Of(parseResult.CommandResult.Command));
        return 0;
    }
}

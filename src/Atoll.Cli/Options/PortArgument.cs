using System.CommandLine;

namespace Atoll.Cli.Options;

/// <summary>Names a port of a sandbox.</summary>
internal static class PortArgument
{
    public static Argument<int> Required()
    {
        var argument = new Argument<int>("port") { Description = "A TCP port in the sandbox, such as 8000" };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }] || !int.TryParse(text, out var port) || port is < 1 or > ushort.MaxValue) result.AddError("port: a number from 1 to 65535.");
        });
        return argument;
    }
}

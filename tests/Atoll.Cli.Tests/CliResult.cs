using System.Text;

namespace Atoll.Cli.Tests;

internal sealed record CliResult(int ExitCode, byte[] Bytes, string Errors)
{
    public string Output => Encoding.UTF8.GetString(Bytes);
}

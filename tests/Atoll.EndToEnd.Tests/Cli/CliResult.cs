using System.Text;

namespace Atoll.EndToEnd.Tests.Cli;

/// <summary>How a run of the command line client ended.</summary>
internal sealed record CliResult(int Code, byte[] Bytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(Bytes);

    /// <summary>Stdout of a run that must have succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(Code == 0, $"exit code {Code}: {Error}{Output}");
        return Output;
    }
}

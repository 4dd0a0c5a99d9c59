using System.Collections.Immutable;
using System.Text;

namespace Atoll.Core.Code.Interpreters;

/// <summary>
/// How a language's interpreter is started and spoken to. Its driver comes over stdin before the first request, so that no file inside the sandbox can change it and no process list shows it.
/// </summary>
internal abstract class Driver
{
    protected Driver(params string[] files) => Source = string.Join('\n', files.Select(Read));

    /// <summary>What a user would have to install.</summary>
    public abstract string Program { get; }

    public abstract ImmutableArray<string> Argv { get; }

    public virtual ImmutableDictionary<string, string> Env => ImmutableDictionary<string, string>.Empty;

    /// <summary>What is written to stdin first.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes ??= Encoding.UTF8.GetBytes(Source);

    protected string Source { get; }

    private byte[]? _bytes;

    public static Driver Of(CodeLanguage language) => language switch
    {
        CodeLanguage.Python => PythonDriver.One,
        CodeLanguage.Javascript => JavascriptDriver.One,
        _ => BashDriver.One,
    };

    /// <summary>One execution, as the driver reads it.</summary>
    public abstract byte[] Request(DriverRequest request);

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(Driver).Assembly.GetManifestResourceStream("Atoll.Core.Code.Drivers." + file)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

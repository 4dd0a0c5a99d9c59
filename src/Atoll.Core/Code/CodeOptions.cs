namespace Atoll.Core.Code;

/// <summary>Running code in contexts. Section <c>Code</c>.</summary>
public sealed class CodeOptions
{
    public const string Section = "Code";

    /// <summary>Languages (<c>python</c>, <c>javascript</c>, <c>bash</c>) whose default context is started in each new sandbox before anybody asks. Default none: an idle Python takes about 20 MiB of the sandbox's memory.</summary>
    public string[] Prewarm { get; set; } = [];

    /// <summary>Contexts of one sandbox, default ones included. Default 16.</summary>
    public int MaxContexts { get; set; } = 16;

    /// <summary>Executions that may wait for one context, besides the one that runs. Default 16.</summary>
    public int QueueLength { get; set; } = 16;

    /// <summary>Bytes of code in one execution, as UTF-8. Default 1 MiB.</summary>
    public int MaxCodeBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of one result, all its representations together. Default 8 MiB.</summary>
    public int MaxResultBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Results of one execution; more are thrown away. Default 256.</summary>
    public int MaxResults { get; set; } = 256;

    /// <summary>Bytes of all results of one execution; more are thrown away. Default 32 MiB.</summary>
    public long MaxResultsBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>When an execution that names no limit is interrupted. Default 300 s.</summary>
    public double TimeoutSeconds { get; set; } = 300;

    /// <summary>The longest limit an execution may name. Default a day.</summary>
    public double MaxTimeoutSeconds { get; set; } = 24 * 3600;

    /// <summary>How long interrupted code may take to end; then its interpreter is killed. Default 5 s.</summary>
    public double InterruptGraceSeconds { get; set; } = 5;

    /// <summary>How long an interpreter may take to begin with what it is given; then it is killed. Default 30 s: gVisor on a busy host.</summary>
    public double StartSeconds { get; set; } = 30;
}

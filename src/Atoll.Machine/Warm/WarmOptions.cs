using Atoll.Core.Code;

namespace Atoll.Machine.Warm;

/// <summary>Sandboxes kept started before they are asked for. Section <c>WarmPool</c>.</summary>
public sealed class WarmOptions
{
    public const string Section = "WarmPool";
    internal static readonly CodeLanguage[] DefaultInterpreters = [CodeLanguage.Python];

    /// <summary>Default true. Off, every create is a cold one.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How many of the default template, isolation and size are always kept. Default 2.</summary>
    public int Floor { get; set; } = 2;

    /// <summary>The most that are kept of one template, isolation and size, however many were asked for. Default 16.</summary>
    public int Ceiling { get; set; } = 16;

    /// <summary>What else is always kept. Default nothing.</summary>
    public IList<WarmFloor> Keep { get; } = [];

    /// <summary>Whose interpreters are started in each, where its template has them: about 10 MiB each. Default Python's; an empty list is none.</summary>
    public CodeLanguage[]? Interpreters { get; set; }

    /// <summary>Over which time the largest burst says how many are kept. Default 10 minutes.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Memory of the host that all warm sandboxes may use together, in MiB. Default 0: an eighth of it.</summary>
    public int MemoryMiB { get; set; }

    /// <summary>How many are started at one time. Default 0: one for every two cores.</summary>
    public int Parallelism { get; set; }

    /// <summary>The pool is refilled when no create has come for so long, so that it does not slow down a burst. Default 50 ms; a create that comes every time just before is not waited for longer than 2 s.</summary>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMilliseconds(50);
}

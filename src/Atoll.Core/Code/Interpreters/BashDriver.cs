using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Atoll.Core.Code.Interpreters;

/// <summary>A request to bash is bash: four lines, with every text of the caller's quoted as <c>$'…'</c>.</summary>
internal sealed class BashDriver : Driver
{
    public static readonly BashDriver One = new();

    private BashDriver() : base("bash.sh")
    {
    }

    public override string Program => "bash";

    public override ImmutableArray<string> Argv { get; } = ["bash", "--norc", "--noprofile", "--noediting", "-i"];

    // Without them an interactive shell would write its prompts between what the code writes.
    public override ImmutableDictionary<string, string> Env { get; } = ImmutableDictionary<string, string>.Empty.Add("PS1", "").Add("PS2", "");

    public override byte[] Request(DriverRequest request)
    {
        StringBuilder lines = new();
        lines.Append("__atoll_from=").Append(Quote(request.Origin)).Append('\n');
        lines.Append(CultureInfo.InvariantCulture, $"__atoll_start {request.Nonce} {Quote(request.FirstCwd ?? "")} {Quote(request.Cwd ?? "")} {request.FirstEnv.Count}");
        foreach (var (name, value) in request.FirstEnv.Concat(request.Env)) lines.Append(' ').Append(Quote(name)).Append(' ').Append(Quote(value));
        lines.Append("\nif [[ -z $__atoll_skip ]]; then builtin eval ").Append(Quote(request.Cell)).Append(" </dev/null; fi\n__atoll_end $?\n");
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    /// <summary>One word that means this text, on one line.</summary>
    internal static string Quote(string text)
    {
        StringBuilder quoted = new("$'");
        foreach (var character in text)
        {
            if (character is '\\' or '\'') quoted.Append('\\').Append(character);
            else if (character is < ' ' or '\x7f') quoted.Append(CultureInfo.InvariantCulture, $"\\{(int)character / 64}{(int)character / 8 % 8}{(int)character % 8}");
            else quoted.Append(character);
        }

        return quoted.Append('\'').ToString();
    }
}

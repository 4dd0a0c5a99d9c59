using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;

namespace Atoll.Cli.Commands;

/// <summary>Shell scripts that complete this program's command lines, by asking it (<c>[suggest:N]</c>).</summary>
internal sealed class CompletionCommand : AtollCommand
{
    private const string Bash = """
        _atoll() {
            local IFS=$'\n'
            COMPREPLY=($(atoll "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | grep -F -- "${COMP_WORDS[COMP_CWORD]}" | grep "^${COMP_WORDS[COMP_CWORD]//./\\.}"))
        }
        complete -o default -F _atoll atoll
        """;

    private const string Zsh = """
        #compdef atoll
        _atoll() {
            local -a found
            found=("${(@f)$(atoll "[suggest:${#BUFFER[1,CURSOR]}]" "${BUFFER}" 2>/dev/null)}")
            if (( ${#found} )) && [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
        }
        compdef _atoll atoll
        """;

    private const string Fish = """
        function __atoll_complete
            set -l line (commandline -cp)
            atoll "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c atoll -a '(__atoll_complete)'
        """;

    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh or fish" };

    public CompletionCommand()
        : base(
            "completion",
            "Print a script that completes atoll's command lines in your shell.",
            "source <(atoll completion bash)",
            "atoll completion zsh > ~/.zfunc/_atoll",
            "atoll completion fish > ~/.config/fish/completions/atoll.fish")
    {
        _shell.CompletionSources.Add("bash", "zsh", "fish");
        Add(_shell);
    }

    public override Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        context.Output.Line(parse.GetRequiredValue(_shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            var other => throw new CliException(Codes.Usage, $"There is no completion for '{other}'.", "Ask for bash, zsh or fish."),
        });
        return Task.FromResult(0);
    }
}

using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Starting;

/// <summary>What a process's description must keep to before anything is done with it.</summary>
internal static class SpecCheck
{
    public const int MaxTerminalSize = 4096;
    private const int MaxTag = 256;

    /// <summary>What is wrong with it, or null.</summary>
    public static string? Find(ProcessSpec? spec)
    {
        if (spec is null) return "No process was described.";
        if (spec.ShellCommand.Length > 0 == spec.Argv.Count > 0) return "Either a shell command or arguments, not both and not neither.";
        if (spec.Argv.Count > 0 && spec.Argv[0].IsEmpty) return "The program's name is empty.";
        if (spec.ShellCommand.Contains('\0') || spec.Argv.Any(argument => argument.Span.Contains((byte)0))) return "An argument holds a NUL.";
        if (spec.WorkingDirectory.Span.Contains((byte)0)) return "The working directory holds a NUL.";
        if (spec.User.Length == 0) return "No user was named.";
        if (spec.Tag.Length > MaxTag) return $"The tag is longer than {MaxTag} characters.";
        if (spec.Terminal is { } size && !IsValid(size)) return $"A terminal has 1 to {MaxTerminalSize} columns and rows.";
        foreach (var (name, value) in spec.Env)
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0')) return "The name of an environment variable is empty or holds '=' or NUL.";
            if (value.Contains('\0')) return "The value of an environment variable holds a NUL.";
        }

        return null;
    }

    public static bool IsValid(TerminalSize size) => size.Columns is >= 1 and <= MaxTerminalSize && size.Rows is >= 1 and <= MaxTerminalSize;
}

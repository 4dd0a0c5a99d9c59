using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Processes;

/// <summary>Request bodies as specs: what the sandbox says fills in what the body leaves out.</summary>
internal static class ProcessBodies
{
    // execve: one string may take 128 KiB (MAX_ARG_STRLEN), all of them a quarter of the stack limit, 2 MiB by default. Half of that leaves room for what the agent adds.
    private const int MaxStringBytes = (128 * 1024) - 1;
    private const int MaxAllBytes = 1024 * 1024;
    private const double MaxTimeoutSeconds = 365 * 24 * 3600;
    private const int MinBacklog = 4096;
    private const int MaxBacklog = 16 * 1024 * 1024;

    public static Result<ProcessSpec> ToSpec(ProcessBody body, LiveSandbox sandbox, bool exec)
    {
        var wrong = new Dictionary<string, string>();
        CheckProgram(wrong, body);
        CheckEnvironment(wrong, body);
        if (body.Cwd is { } cwd && GuestPath.Check("cwd", cwd) is { } badPath) wrong["cwd"] = badPath.Fields["cwd"];
        if (body.User is "" || body.User?.Contains('\0') == true) wrong["user"] = "must be a name or uid[:gid].";
        if (body.TimeoutSeconds is { } seconds && !(seconds > 0 && seconds <= MaxTimeoutSeconds)) wrong["timeoutSeconds"] = "must be above 0 and at most a year; leave it out for no limit.";
        if (body.MaxOutputBytes is { } most && (most < (exec ? 0 : MinBacklog) || most > MaxBacklog)) wrong["maxOutputBytes"] = $"must be from {(exec ? 0 : MinBacklog)} to {MaxBacklog}.";
        if (exec)
        {
            const string onlyProcesses = "belongs to processes, not to exec.";
            if (body.KeepStdinOpen is true) wrong["keepStdinOpen"] = onlyProcesses;
            if (body.Paced is true) wrong["paced"] = onlyProcesses;
            if (body.Tag is not null) wrong["tag"] = onlyProcesses;
        }

        if (body.Tag is { } tag && (tag.Length is 0 or > 128 || tag[0] == '~' || tag.All(char.IsAsciiDigit) || tag.Any(c => char.IsControl(c) || c is '/' or ' ')))
            wrong["tag"] = "must be 1 to 128 characters without spaces or slashes, not a number, and not beginning with '~'.";
        var size = body.Pty?.ToSize("pty.");
        if (size?.Fault is { } badSize)
        {
            foreach (var (field, what) in badSize.Fields) wrong[field] = what;
        }

        if (HttpFaults.Of(FaultCode.InvalidRequest, wrong) is { } fault) return fault;
        var spec = sandbox.Sandbox.Spec;
        return new ProcessSpec
        {
            ShellCommand = body.Command,
            Argv = body.Argv ?? [],
            User = body.User ?? spec.User,
            WorkingDirectory = body.Cwd is null ? spec.WorkingDirectory : GuestPath.Resolve(sandbox, body.Cwd),
            Env = body.Env is null ? spec.Env : spec.Env.SetItems(body.Env),
            Stdin = body.Stdin is null ? default : Encoding.UTF8.GetBytes(body.Stdin),
            KeepStdinOpen = !exec && (body.KeepStdinOpen ?? body.Pty is not null),
            Terminal = size?.Value,
            MergeOutput = body.MergeOutput ?? false,
            Timeout = body.TimeoutSeconds is { } limit ? TimeSpan.FromSeconds(limit) : null,
            BacklogBytes = exec || body.MaxOutputBytes is null ? 1024 * 1024 : (int)body.MaxOutputBytes,
            Paced = body.Paced ?? false,
            Tag = body.Tag,
        };
    }

    private static void CheckProgram(Dictionary<string, string> wrong, ProcessBody body)
    {
        var argv = body.Argv is { IsDefault: false } given ? given : [];
        if (body.Command is null == argv.IsEmpty) wrong[body.Command is null ? "command" : "argv"] = body.Command is null ? "or argv must be given." : "cannot be given together with command.";
        if (body.Command is "") wrong["command"] = "is empty.";
        if (body.Command is { } command && Bad(command) is { } why) wrong["command"] = why;
        for (var index = 0; index < argv.Length; index++)
        {
            if (argv[index] is null) wrong[$"argv[{index}]"] = "must be a text.";
            else if (index == 0 && argv[0].Length == 0) wrong["argv[0]"] = "is empty.";
            else if (Bad(argv[index]) is { } bad) wrong[$"argv[{index}]"] = bad;
        }

        if (argv.Sum(argument => (long)(argument?.Length ?? 0) + 9) > MaxAllBytes) wrong["argv"] = "is larger than 1 MiB.";
    }

    private static void CheckEnvironment(Dictionary<string, string> wrong, ProcessBody body)
    {
        foreach (var (name, value) in body.Env ?? ImmutableDictionary<string, string>.Empty)
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0')) wrong["env"] = "has a name that is empty or has '=' or NUL in it.";
            else if (value is null) wrong["env." + name] = "must be a text.";
            else if (Bad(value) is { } bad) wrong["env." + name] = bad;
        }

        if (body.Env?.Sum(pair => (long)pair.Key.Length + (pair.Value?.Length ?? 0) + 10) > MaxAllBytes) wrong["env"] = "is larger than 1 MiB.";
    }

    private static string? Bad(string text) =>
        text.Contains('\0') ? "has a NUL in it." : Encoding.UTF8.GetByteCount(text) > MaxStringBytes ? "is larger than 128 KiB, the kernel's limit for one argument; send it by stdin or a file." : null;
}

using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;
using Atoll.Agent.Users;

namespace Atoll.Agent.Processes.Starting;

/// <summary>Turns a process's description into a <see cref="Launch"/>: user, environment, shell, the paths that its program may have.</summary>
internal sealed class LaunchPreparation(UserDatabase users, Protocol.Wire.Boot boot, int childOomScore)
{
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string TerminalKind = "xterm-256color";
    private const string Bash = "/bin/bash";
    private const string Shell = "/bin/sh";

    /// <summary>Directories of a PATH that are tried; no honest one has more.</summary>
    private const int MaxPathEntries = 256;

    public Launch? TryPrepare(ProcessSpec spec, out StartFailure? failure)
    {
        failure = null;
        if (SpecCheck.Find(spec) is { } wrong)
        {
            failure = new StartFailure(FailureCode.InvalidRequest, wrong);
            return null;
        }

        if (users.Find(spec.User) is not { } user)
        {
            failure = new StartFailure(FailureCode.UserNotFound, $"There is no user '{spec.User}' in the sandbox's /etc/passwd, and it is no number from 0 to {int.MaxValue}.");
            return null;
        }

        var env = MakeEnv(spec, user);
        byte[][] argv = spec.ShellCommand.Length > 0 ? MakeShell(spec.ShellCommand) : [.. spec.Argv.Select(argument => argument.ToByteArray())];
        return new Launch(
            FindPrograms(argv[0], env["PATH"]),
            argv,
            [.. env.Select(pair => Encoding.UTF8.GetBytes($"{pair.Key}={pair.Value}"))],
            spec.WorkingDirectory.IsEmpty ? "/"u8.ToArray() : spec.WorkingDirectory.ToByteArray(),
            user,
            childOomScore);
    }

    private static byte[][] MakeShell(string command)
    {
        var bash = Paths.IsExecutable(Bash);
        return [Encoding.UTF8.GetBytes(bash ? Bash : Shell), bash ? "-lc"u8.ToArray() : "-c"u8.ToArray(), Encoding.UTF8.GetBytes(command)];
    }

    private SortedDictionary<string, string> MakeEnv(ProcessSpec spec, GuestUser user)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = user.Home,
            ["USER"] = user.Name,
            ["LOGNAME"] = user.Name,
            ["SHELL"] = user.Shell,
            ["PATH"] = boot.Path.Length > 0 ? boot.Path : UsualPath,
        };
        if (spec.Terminal is not null) env["TERM"] = TerminalKind;
        foreach (var (name, value) in boot.Env) env[name] = value;
        foreach (var (name, value) in spec.Env) env[name] = value;
        return env;
    }

    /// <summary>A name with a slash is a path; any other is looked for along the process's own PATH, where an empty entry is the working directory.</summary>
    private static List<byte[]> FindPrograms(byte[] name, string path)
    {
        if (name.Contains((byte)'/')) return [name];
        var found = new List<byte[]>();
        foreach (var folder in path.Split(':').Take(MaxPathEntries))
        {
            found.Add([.. Encoding.UTF8.GetBytes(folder.Length == 0 ? "./" : folder + "/"), .. name]);
        }

        return found;
    }
}

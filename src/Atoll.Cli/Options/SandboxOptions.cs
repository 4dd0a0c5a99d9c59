using System.CommandLine;
using Atoll.Client.Sandboxes;

namespace Atoll.Cli.Options;

/// <summary>What a new sandbox is to be: the options of every command that makes one.</summary>
internal sealed class SandboxOptions
{
    private readonly Option<string?> _name = new("--name") { Description = "A name for the sandbox", HelpName = "name" };
    private readonly Option<string?> _template = new("--template") { Description = "What to start from (the server's default: default)", HelpName = "name" };
    private readonly Option<string?> _isolation = new("--isolation") { Description = "How strong the wall is: gvisor or container", HelpName = "kind" };
    private readonly Option<double?> _cpu = new("--cpu") { Description = "Cores, such as 0.5 or 2", HelpName = "cores" };
    private readonly Option<long?> _memory = Quantities.Size("--memory", "Memory, such as 512m or 2g");
    private readonly Option<long?> _disk = Quantities.Size("--disk", "Disk beyond the template, such as 10g");
    private readonly Option<long?> _processes = new("--processes") { Description = "Processes and threads at one time", HelpName = "count" };
    private readonly Option<Dictionary<string, string>> _env = KeyValues.Option("--env", ["-e"], "Environment of everything run in it; a bare KEY takes the value set here", fromEnvironment: true);
    private readonly Option<Dictionary<string, string>> _metadata = KeyValues.Option("--metadata", [], "Labels to find it by", fromEnvironment: false);
    private readonly Option<string?> _user = new("--user", "-u") { Description = "Who runs commands in it", HelpName = "user" };
    private readonly Option<string?> _workdir = new("--workdir", "-w") { Description = "Where commands start", HelpName = "path" };
    private readonly Option<double?> _timeout = Quantities.Duration("--timeout", "It ends this long after its start: 90s, 15m, 2h or never (the server's default: 1h)");
    private readonly Option<string?> _onTimeout = new("--on-timeout") { Description = "What then becomes of it: delete (the default), stop, suspend, suspend_or_stop or pause", HelpName = "action" };
    private readonly Option<double?> _idle = Quantities.Duration("--idle", "It falls asleep after this long without use: 90s, 15m, 2h or never (the server's default: never)");
    private readonly Option<string?> _onIdle = new("--on-idle") { Description = "What then becomes of it: suspend (the default where it can be), suspend_or_stop, stop, pause or delete", HelpName = "action" };
    private readonly Option<string?> _wakeOn = new("--wake-on") { Description = "What wakes it: api, http, api,http (the default) or nothing", HelpName = "causes" };
    private readonly Option<bool> _noNetwork = new("--no-network") { Description = "It reaches nothing at all, not even names" };
    private readonly Option<int[]> _publish = new("--publish", "-p") { Description = "A port that anybody may reach, any number of times", HelpName = "port" };

    private readonly Option<VolumeMountInfo[]> _volumes = VolumeOption.Create();

    public SandboxOptions()
    {
        _isolation.CompletionSources.Add("gvisor", "container");
        foreach (var option in (Option<string?>[])[_onTimeout, _onIdle]) option.CompletionSources.Add("delete", "stop", "suspend", "pause");
        _wakeOn.CompletionSources.Add("api", "http", "api,http", "nothing");
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_name, _template, _isolation, _cpu, _memory, _disk, _processes, _env, _metadata, _user, _workdir, _timeout, _onTimeout, _idle, _onIdle, _wakeOn, _noNetwork, _publish, _volumes]) command.Add(option);
    }

    public CreateSandbox Request(ParseResult parse) => new()
    {
        Name = parse.GetValue(_name),
        Template = parse.GetValue(_template),
        Isolation = parse.GetValue(_isolation),
        Cpu = parse.GetValue(_cpu),
        MemoryMiB = parse.GetValue(_memory),
        DiskMiB = parse.GetValue(_disk),
        Processes = parse.GetValue(_processes),
        Env = Some(parse.GetValue(_env)),
        Metadata = Some(parse.GetValue(_metadata)),
        User = parse.GetValue(_user),
        Workdir = parse.GetValue(_workdir),
        Lifecycle = Lifecycle(parse),
        Network = Network(parse.GetValue(_noNetwork), parse.GetValue(_publish)),
        Volumes = parse.GetValue(_volumes) is { Length: > 0 } volumes ? volumes : null,
    };

    private static NetworkInfo? Network(bool none, int[]? ports) => !none && ports is not { Length: > 0 } ? null : new(none ? new("deny") : null, ports is { Length: > 0 } ? ports : null);

    private LifecycleInfo? Lifecycle(ParseResult parse)
    {
        var wakeOn = parse.GetValue(_wakeOn) is { } causes ? causes is "nothing" ? [] : causes.Split(',') : null;
        LifecycleInfo asked = new(parse.GetValue(_timeout), parse.GetValue(_onTimeout), parse.GetValue(_idle), parse.GetValue(_onIdle), wakeOn);
        return asked is { TimeoutSeconds: null, OnTimeout: null, IdleSeconds: null, OnIdle: null, WakeOn: null } ? null : asked;
    }

    private static Dictionary<string, string>? Some(Dictionary<string, string>? values) => values is { Count: > 0 } ? values : null;
}

using System.CommandLine;
using System.CommandLine.Help;
using Atoll.Cli.Help;
using Atoll.Cli.Invocation;

namespace Atoll.Cli.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    public static RootCommand Build()
    {
        var root = new RootCommand("Computers for AI agents: create isolated sandboxes, run commands in them, copy files, look inside.")
        {
            new DoctorCommand(),
            new LoginCommand(),
            new RunCommand(),
            new CreateCommand(),
            new ListCommand(),
            new InspectCommand(),
            new ExecCommand(),
            new CodeCommand(),
            new ShellCommand(),
            new CopyCommand(),
            new LogsCommand(),
            new ProcessesCommand(),
            new KillCommand(),
            new RemoveCommand(),
            new CommandGroup(
                "checkpoint",
                "Save sandboxes, put them back, compare, move them to other machines.",
                new CheckpointCreateCommand(),
                new CheckpointListCommand(),
                new CheckpointRestoreCommand(),
                new CheckpointDiffCommand(),
                new CheckpointExportCommand(),
                new CheckpointImportCommand(),
                new CheckpointRemoveCommand()),
            new CommandGroup("export", "List and delete what was exported.", new ExportListCommand(), new ExportRemoveCommand()),
            new ForkCommand(),
            new CommandGroup(
                "volume",
                "Storage that outlives sandboxes and can be mounted in several.",
                new VolumeCreateCommand(),
                new VolumeListCommand(),
                new VolumeInspectCommand(),
                new VolumeSnapshotCommand(),
                new VolumeCloneCommand(),
                new VolumeCopyCommand(),
                new VolumeRemoveCommand()),
            new CommandGroup("port", "Reach programs in sandboxes from outside.", new PortExposeCommand(), new PortListCommand(), new PortCloseCommand()),
            new CommandGroup("key", "List, make and take back API keys.", new KeyListCommand(), new KeyCreateCommand(), new KeyRemoveCommand()),
            new CommandGroup(
                "team",
                "Show your team; for operators: list, make, rename and remove teams.",
                new TeamShowCommand("show", "Show a team, its quota and what it uses of it.", "atoll team show"),
                new TeamListCommand(),
                new TeamCreateCommand(),
                new TeamRenameCommand(),
                new TeamRemoveCommand()),
            new CommandGroup("user", "List, add and remove the team's users.", new UserListCommand(), new UserAddCommand(), new UserRoleCommand(), new UserRemoveCommand()),
            new CommandGroup(
                "quota",
                "Show and set what a team may have.",
                new TeamShowCommand("show", "Show a team's quota and what it uses of it.", "atoll quota show", "atoll quota show acme --json | jq .use"),
                new QuotaSetCommand()),
            new AuditCommand(),
            new EventsCommand(),
            new TopCommand(),
            new UsageCommand(),
            new InfoCommand(),
            new VersionCommand(),
            new CompletionCommand(),
            GlobalOptions.Json,
            GlobalOptions.Url,
        };
        foreach (var turn in TurnCommand.All) root.Add(turn);

        // Without the /h and -? of other systems.
        for (var at = 0; at < root.Options.Count; at++)
        {
            if (root.Options[at] is HelpOption) root.Options[at] = new HelpOption("--help", "-h") { Action = new HelpWriter(), Description = "Show help" };
            if (root.Options[at] is VersionOption version) (version.Action, version.Description) = (new VersionWriter(), "Show the version");
        }

        return root;
    }
}

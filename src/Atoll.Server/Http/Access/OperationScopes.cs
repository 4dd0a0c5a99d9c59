using System.Collections.Frozen;
using Atoll.Core.Teams;

namespace Atoll.Server.Http.Access;

/// <summary>
/// Which scope each operation of the API needs. Every operation under <c>/v1</c> stands here, by its id: one that does not is open to nobody, and a test fails.
/// </summary>
internal static class OperationScopes
{
    private static readonly FrozenDictionary<string, KeyScopes> Table = new Dictionary<string, KeyScopes>(StringComparer.Ordinal)
    {
        // Any valid key: who it is, and what this server is.
        ["whoAmI"] = KeyScopes.None,
        ["info"] = KeyScopes.None,
        ["getTeam"] = KeyScopes.None,

        ["doctor"] = KeyScopes.SandboxesRead,
        ["listSandboxes"] = KeyScopes.SandboxesRead,
        ["getSandbox"] = KeyScopes.SandboxesRead,
        ["getOperation"] = KeyScopes.SandboxesRead,
        ["listEvents"] = KeyScopes.SandboxesRead,
        ["listSandboxEvents"] = KeyScopes.SandboxesRead,
        ["listPorts"] = KeyScopes.SandboxesRead,
        ["readLogs"] = KeyScopes.SandboxesRead,
        ["readMetrics"] = KeyScopes.SandboxesRead,
        ["readUsage"] = KeyScopes.SandboxesRead,
        ["readUsageRates"] = KeyScopes.SandboxesRead,

        ["listCheckpoints"] = KeyScopes.SandboxesRead,
        ["listSandboxCheckpoints"] = KeyScopes.SandboxesRead,
        ["getCheckpoint"] = KeyScopes.SandboxesRead,

        ["createSandbox"] = KeyScopes.SandboxesWrite,
        ["updateSandbox"] = KeyScopes.SandboxesWrite,
        ["deleteSandbox"] = KeyScopes.SandboxesWrite,
        ["extendSandbox"] = KeyScopes.SandboxesWrite,
        ["pauseSandbox"] = KeyScopes.SandboxesWrite,
        ["suspendSandbox"] = KeyScopes.SandboxesWrite,
        ["stopSandbox"] = KeyScopes.SandboxesWrite,
        ["archiveSandbox"] = KeyScopes.SandboxesWrite,
        ["resumeSandbox"] = KeyScopes.SandboxesWrite,
        ["startSandbox"] = KeyScopes.SandboxesWrite,
        ["createLease"] = KeyScopes.SandboxesWrite,
        ["deleteLease"] = KeyScopes.SandboxesWrite,
        ["listLeases"] = KeyScopes.SandboxesRead,
        ["exposePort"] = KeyScopes.SandboxesWrite,
        ["closePort"] = KeyScopes.SandboxesWrite,

        ["createCheckpoint"] = KeyScopes.SandboxesWrite,
        ["deleteExport"] = KeyScopes.SandboxesWrite,
        ["deleteCheckpoint"] = KeyScopes.SandboxesWrite,
        ["restoreSandbox"] = KeyScopes.SandboxesWrite,
        ["forkSandbox"] = KeyScopes.SandboxesWrite,
        ["forkCheckpoint"] = KeyScopes.SandboxesWrite,
        ["importCheckpoint"] = KeyScopes.SandboxesWrite,

        ["listVolumes"] = KeyScopes.SandboxesRead,
        ["getVolume"] = KeyScopes.SandboxesRead,
        ["createVolume"] = KeyScopes.SandboxesWrite,
        ["updateVolume"] = KeyScopes.SandboxesWrite,
        ["deleteVolume"] = KeyScopes.SandboxesWrite,
        ["snapshotVolume"] = KeyScopes.SandboxesWrite,
        ["cloneVolume"] = KeyScopes.SandboxesWrite,

        // Output too: what a command prints is as private as the command.
        ["exec"] = KeyScopes.Exec,
        ["startProcess"] = KeyScopes.Exec,
        ["listProcesses"] = KeyScopes.Exec,
        ["getProcess"] = KeyScopes.Exec,
        ["followOutput"] = KeyScopes.Exec,
        ["attachProcess"] = KeyScopes.Exec,
        ["writeStdin"] = KeyScopes.Exec,
        ["signalProcess"] = KeyScopes.Exec,
        ["resizeTerminal"] = KeyScopes.Exec,
        ["runCode"] = KeyScopes.Exec,
        ["createCodeContext"] = KeyScopes.Exec,
        ["listCodeContexts"] = KeyScopes.Exec,
        ["deleteCodeContext"] = KeyScopes.Exec,
        ["interruptCode"] = KeyScopes.Exec,
        ["restartCodeContext"] = KeyScopes.Exec,

        ["readFile"] = KeyScopes.FilesRead,
        ["headFile"] = KeyScopes.FilesRead,
        ["statFile"] = KeyScopes.FilesRead,
        ["listFiles"] = KeyScopes.FilesRead,
        ["watchFiles"] = KeyScopes.FilesRead,
        ["downloadArchive"] = KeyScopes.FilesRead,
        ["findFiles"] = KeyScopes.FilesRead,

        ["readVolumeFile"] = KeyScopes.FilesRead,
        ["statVolumeFile"] = KeyScopes.FilesRead,
        ["listVolumeFiles"] = KeyScopes.FilesRead,

        // It names paths.
        ["diffCheckpoint"] = KeyScopes.FilesRead,

        // All that is on the disk goes where others can read it.
        ["exportCheckpoint"] = KeyScopes.FilesRead,
        ["downloadCheckpoint"] = KeyScopes.FilesRead,

        // Its keys open what was exported.
        ["listExports"] = KeyScopes.FilesRead,

        ["writeFile"] = KeyScopes.FilesWrite,
        ["removeFile"] = KeyScopes.FilesWrite,
        ["uploadArchive"] = KeyScopes.FilesWrite,
        ["makeDirectory"] = KeyScopes.FilesWrite,
        ["moveFile"] = KeyScopes.FilesWrite,
        ["copyFile"] = KeyScopes.FilesWrite,
        ["chmodFile"] = KeyScopes.FilesWrite,
        ["chownFile"] = KeyScopes.FilesWrite,
        ["replaceText"] = KeyScopes.FilesWrite,
        ["writeVolumeFile"] = KeyScopes.FilesWrite,
        ["removeVolumeFile"] = KeyScopes.FilesWrite,
        ["makeVolumeDirectory"] = KeyScopes.FilesWrite,

        ["listKeys"] = KeyScopes.Keys,
        ["createKey"] = KeyScopes.Keys,
        ["revokeKey"] = KeyScopes.Keys,

        ["listUsers"] = KeyScopes.Team,
        ["createUser"] = KeyScopes.Team,
        ["updateUser"] = KeyScopes.Team,
        ["removeUser"] = KeyScopes.Team,

        ["listAudit"] = KeyScopes.Audit,

        ["listTeams"] = KeyScopes.Operator,
        ["createTeam"] = KeyScopes.Operator,
        ["getAnyTeam"] = KeyScopes.Operator,
        ["updateTeam"] = KeyScopes.Operator,
        ["removeTeam"] = KeyScopes.Operator,
        ["createTeamKey"] = KeyScopes.Operator,
        ["listTeamKeys"] = KeyScopes.Operator,
        ["revokeTeamKey"] = KeyScopes.Operator,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The scope an operation needs, <see cref="KeyScopes.None"/> where any key will do; null for an operation that nobody has decided about.</summary>
    public static KeyScopes? Of(string? operation) => operation is not null && Table.TryGetValue(operation, out var scope) ? scope : null;

    /// <summary>The operation's id; null for the framework's own answers (no such route, wrong method).</summary>
    public static string? OperationOf(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;
}

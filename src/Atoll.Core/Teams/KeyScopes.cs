namespace Atoll.Core.Teams;

/// <summary>
/// What a key may do; a closed set. Each operation of the API needs exactly one of them, or none beyond a valid key. In words (<see cref="ScopeWords"/>): <c>sandboxes:read</c> and so on.
/// </summary>
[Flags]
public enum KeyScopes
{
    None = 0,

    /// <summary>See sandboxes: their state, events, logs, usage, ports; what the host can do.</summary>
    SandboxesRead = 1,

    /// <summary>Create, change and end sandboxes.</summary>
    SandboxesWrite = 2,

    /// <summary>Run commands in sandboxes and work with their processes, output included.</summary>
    Exec = 4,

    /// <summary>Read files of sandboxes.</summary>
    FilesRead = 8,

    /// <summary>Change files of sandboxes.</summary>
    FilesWrite = 16,

    /// <summary>List, make and revoke the team's keys.</summary>
    Keys = 32,

    /// <summary>See and change the team's users.</summary>
    Team = 64,

    /// <summary>Read who did what.</summary>
    Audit = 128,

    /// <summary>Manage every team of the installation and its quotas.</summary>
    Operator = 256,

    /// <summary>The preset <c>full</c>: everything within the own team.</summary>
    Full = SandboxesRead | SandboxesWrite | Exec | FilesRead | FilesWrite | Keys | Team | Audit,

    /// <summary>The preset <c>read-only</c>: see sandboxes and their files, change nothing.</summary>
    ReadOnly = SandboxesRead | FilesRead,

    /// <summary>What the first key of an installation has.</summary>
    All = Full | Operator,
}

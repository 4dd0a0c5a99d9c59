namespace Atoll.Core.Teams;

/// <summary>The most that a user's keys may do, whatever scopes they were made with; a change is in force for keys that exist already.</summary>
public enum UserRole
{
    /// <summary>Everything that a key can have.</summary>
    Owner,

    /// <summary>Works with sandboxes, and manages neither keys nor users.</summary>
    Member,

    /// <summary>Sees sandboxes and their files, and changes nothing.</summary>
    Viewer,
}

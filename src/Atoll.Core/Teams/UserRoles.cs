namespace Atoll.Core.Teams;

public static class UserRoles
{
    /// <summary>The scopes that a user's keys can have at most. Operator too for an owner: only a key that has it can hand it on.</summary>
    public static KeyScopes Most(this UserRole role) => role switch
    {
        UserRole.Owner => KeyScopes.All,
        UserRole.Member => KeyScopes.SandboxesRead | KeyScopes.SandboxesWrite | KeyScopes.Exec | KeyScopes.FilesRead | KeyScopes.FilesWrite,
        _ => KeyScopes.ReadOnly,
    };
}

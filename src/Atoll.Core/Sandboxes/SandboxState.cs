namespace Atoll.Core.Sandboxes;

/// <summary>
/// Where a sandbox is in its life: <c>creating -> running -> deleted</c>, and <c>failed</c> from any of them. Each of the last two carries an <see cref="EndReason"/>.
/// </summary>
public enum SandboxState
{
    Creating,
    Running,
    Failed,
    Deleted,
}

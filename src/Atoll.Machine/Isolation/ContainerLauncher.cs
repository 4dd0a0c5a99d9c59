namespace Atoll.Machine.Isolation;

/// <summary>What starts <c>container</c> sandboxes.</summary>
public enum ContainerLauncher
{
    /// <summary>Our own launcher.</summary>
    Builtin,

    /// <summary>The OCI runtime behind <see cref="IsolationOptions.RuncPath"/>.</summary>
    Runc,
}

namespace Atoll.Agent.Calls.Processes;

/// <summary>How a connection left its attachment.</summary>
internal enum AttachmentEnd
{
    /// <summary>Everything was sent.</summary>
    Served,

    /// <summary>The host wants no more.</summary>
    HungUp,

    /// <summary>The host may come back.</summary>
    Broken,
}

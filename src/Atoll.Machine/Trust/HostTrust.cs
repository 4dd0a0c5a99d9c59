namespace Atoll.Machine.Trust;

/// <summary>Whether sandboxes trust the authorities that this host was given besides those of its distribution.</summary>
public enum HostTrust
{
    /// <summary>Where it was given any.</summary>
    Auto,

    On,

    Off,
}

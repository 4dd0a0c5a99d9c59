namespace Atoll.Core.Sandboxes;

/// <summary>A volume that a sandbox is to have. Nothing is checked yet.</summary>
/// <param name="Volume">Its id or name.</param>
public sealed record MountRequest(string Volume, string Path, bool ReadOnly = false);

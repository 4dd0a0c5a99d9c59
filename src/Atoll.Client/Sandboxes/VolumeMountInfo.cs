namespace Atoll.Client.Sandboxes;

/// <summary>A volume in a sandbox.</summary>
/// <param name="Volume">Its id or name; in answers its id.</param>
/// <param name="Path">Where it appears: absolute.</param>
/// <param name="ReadOnly">Nothing in this sandbox can write to it. A snapshot needs it.</param>
public sealed record VolumeMountInfo(string Volume, string Path, bool ReadOnly = false);

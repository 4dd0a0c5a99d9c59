namespace Atoll.Server.Api.Sandboxes;

/// <summary>A volume in a sandbox.</summary>
/// <param name="Volume">Its id or name; in answers its id.</param>
/// <param name="Path">Where it appears: absolute, and nothing of the sandbox's own system.</param>
/// <param name="ReadOnly">Nothing in this sandbox can write to it. A snapshot needs it.</param>
internal sealed record VolumeBody(string Volume, string Path, bool ReadOnly = false);

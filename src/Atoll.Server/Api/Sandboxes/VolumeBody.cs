namespace Atoll.Server.Api.Sandboxes;

internal sealed record VolumeBody(string Volume, string Path, bool ReadOnly = false);

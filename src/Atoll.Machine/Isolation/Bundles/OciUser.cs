namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciUser(uint Uid, uint Gid);

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciRoot(string Path, bool Readonly);

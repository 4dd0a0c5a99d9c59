namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciDeviceRule(bool Allow, string Access);

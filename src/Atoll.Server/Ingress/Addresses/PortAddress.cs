using Atoll.Core.Sandboxes;

namespace Atoll.Server.Ingress.Addresses;

/// <summary>Where a request wants to go.</summary>
/// <param name="Path">What the sandbox is asked for, as the client wrote it: begins with a slash; empty where the client left the slash behind the port out.</param>
/// <param name="Query">As the client wrote it, with its question mark; empty for none.</param>
internal sealed record PortAddress(AddressForm Form, SandboxId Id, int Port, string Path, string Query)
{
    /// <summary>What stands before <see cref="Path"/> in the client's address; empty in the host form.</summary>
    public string Prefix => Form is AddressForm.Path ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/p/{Id}/{Port}") : "";
}

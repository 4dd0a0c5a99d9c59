namespace Atoll.Server.Ingress.Addresses;

/// <summary>How a port is addressed.</summary>
internal enum AddressForm
{
    /// <summary><c>/p/{id}/{port}/…</c>, on the API's own origin.</summary>
    Path,

    /// <summary><c>{port}-{id}.{domain}</c>, an origin of its own.</summary>
    Host,
}

namespace Atoll.Machine.Isolation.Bundles;

/// <param name="Path">An existing namespace to join; null makes a new one.</param>
internal sealed record OciNamespace(string Type, string? Path = null);

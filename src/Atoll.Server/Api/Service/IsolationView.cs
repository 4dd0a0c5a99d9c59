using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Service;

/// <summary>One kind of isolation on this host.</summary>
/// <param name="Runtime">The program behind it, with its version.</param>
/// <param name="Missing">Why it cannot be used; null when it can.</param>
internal sealed record IsolationView(IsolationKind Kind, bool Available, string? Runtime, string? Missing);

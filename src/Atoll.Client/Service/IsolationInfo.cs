namespace Atoll.Client.Service;

/// <summary>One kind of isolation on the server's host.</summary>
/// <param name="Missing">Why it cannot be used; null when it can.</param>
public sealed record IsolationInfo(string Kind, bool Available, string? Runtime, string? Missing);

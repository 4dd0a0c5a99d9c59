namespace Atoll.Machine.Networking.Probing;

/// <summary>One thing that sandboxes' networks need of a host, tried.</summary>
/// <param name="Finding">What was found, in a sentence.</param>
/// <param name="Remedy">What to do about it; null when all is well.</param>
internal sealed record NetworkCheck(string Name, bool Passed, string Finding, string? Remedy = null);

namespace Atoll.Core.Teams.Registry;

/// <summary>A key that has opened something, in memory.</summary>
internal sealed record KnownKey(Caller Caller, byte[] Hash);

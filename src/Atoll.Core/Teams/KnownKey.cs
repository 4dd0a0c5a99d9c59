namespace Atoll.Core.Teams;

/// <summary>A key that has opened something, in memory.</summary>
internal sealed record KnownKey(Caller Caller, byte[] Hash);

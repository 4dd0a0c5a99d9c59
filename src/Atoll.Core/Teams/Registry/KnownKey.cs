namespace Atoll.Core.Teams.Registry;

/// <summary>A key that has opened something, in memory.</summary>
internal sealed record KnownKey(KeyHolder Caller, byte[] Hash);

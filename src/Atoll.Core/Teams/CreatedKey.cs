namespace Atoll.Core.Teams;

/// <summary>A key just made, with the secret that is shown this once and never stored.</summary>
public sealed record CreatedKey(ApiKey Key, string Secret);

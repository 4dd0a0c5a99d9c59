namespace Atoll.Core.Teams;

/// <summary>How many teams, users and keys there may be. Section <c>Teams</c>.</summary>
public sealed class TeamOptions
{
    public const string Section = "Teams";

    /// <summary>Teams of the installation. Default 1,000; 1 to 100,000.</summary>
    public int MaxTeams { get; set; } = 1000;

    /// <summary>Users of a team. Default 1,000; 1 to 100,000.</summary>
    public int MaxUsers { get; set; } = 1000;

    /// <summary>Keys of a team, expired ones too until they are revoked. Default 1,000; 1 to 100,000.</summary>
    public int MaxKeys { get; set; } = 1000;
}

namespace Atoll.Server.Api.Service;

/// <summary>Whom the presented key belongs to.</summary>
internal sealed record WhoAmIView(string Team, string TeamName, string KeyId, string KeyName);

namespace Atoll.Server.Api.Checkpoints;

/// <param name="Checkpoint">Its id, or the name it has among this sandbox's checkpoints.</param>
internal sealed record RestoreBody(string Checkpoint);

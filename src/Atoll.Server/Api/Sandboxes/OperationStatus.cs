namespace Atoll.Server.Api.Sandboxes;

internal enum OperationStatus
{
    Running,
    Succeeded,
    Failed,
}

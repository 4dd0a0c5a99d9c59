namespace Atoll.Server.Api.Words;

internal enum OperationStatus
{
    Running,
    Succeeded,
    Failed,
}

using Atoll.Core.Sandboxes;
using Atoll.Server.Api.Words;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>Something that goes on after its request was answered. By now that is the creation of a sandbox, so an operation's id is the sandbox's behind <c>op_</c>.</summary>
/// <param name="Url">Where to ask for it again.</param>
/// <param name="Detail">Why it failed.</param>
internal sealed record OperationView(string Id, OperationStatus Status, string Url, string? Detail)
{
    public const string Prefix = "op_";

    public static OperationView Of(Sandbox sandbox)
    {
        var id = Prefix + sandbox.Id;
        var status = sandbox switch
        {
            { State: SandboxState.Creating } => OperationStatus.Running,
            { StartedAt: not null } or { State: SandboxState.Running } => OperationStatus.Succeeded,
            _ => OperationStatus.Failed,
        };
        return new(id, status, "/v1/operations/" + id, status is OperationStatus.Failed ? sandbox.ReasonDetail ?? sandbox.Reason?.ToString() : null);
    }
}

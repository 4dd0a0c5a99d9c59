using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>An operation, and the sandbox it is about.</summary>
internal sealed record OperationReply(OperationView Operation, SandboxView Sandbox)
{
    public static OperationReply Of(Sandbox sandbox) => new(OperationView.Of(sandbox), SandboxView.Of(sandbox));
}

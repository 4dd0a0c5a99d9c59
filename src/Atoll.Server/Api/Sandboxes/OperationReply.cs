using Atoll.Core.Sandboxes;
using Atoll.Server.Hosting;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>An operation, and the sandbox it is about.</summary>
internal sealed record OperationReply(OperationView Operation, SandboxView Sandbox)
{
    public static OperationReply Of(Sandbox sandbox, PortUrls urls) => new(OperationView.Of(sandbox), SandboxView.Of(sandbox, urls));
}

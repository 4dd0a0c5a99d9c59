using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Service;

/// <summary>Sandboxes of one kind that are started before they are asked for.</summary>
/// <param name="Cpu">The size they are kept in; null where one serves every size.</param>
/// <param name="Ready">Waiting to be asked for.</param>
/// <param name="Target">How many should be.</param>
internal sealed record WarmPoolView(string Template, IsolationKind Isolation, double? Cpu, int? MemoryMiB, int Ready, int Target, long MemoryBytes)
{
    public static WarmPoolView Of(WarmPoolStatus status) => new(status.Template, status.Isolation, status.Cpu, status.MemoryMiB, status.Ready, status.Target, status.MemoryBytes);
}

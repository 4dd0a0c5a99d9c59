using Atoll.Core.Checkpoints;
using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>What came of a fork.</summary>
/// <param name="Checkpoint">What the sandboxes were made from. It stays until it is deleted.</param>
/// <param name="Results">One for each sandbox that was asked for. At least one of them runs.</param>
internal sealed record ForkView(string Checkpoint, IReadOnlyList<ForkResultView> Results)
{
    public static ForkView Of(Forked forked, PortUrls urls) => new(
        forked.Checkpoint.Value,
        [.. forked.Sandboxes.Select(one => one.TryGet(out var sandbox, out var fault) ? new ForkResultView(SandboxView.Of(sandbox, urls), null) : new ForkResultView(null, Problem.Of(fault)))]);
}

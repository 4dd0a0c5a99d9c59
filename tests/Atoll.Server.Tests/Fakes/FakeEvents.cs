using System.Runtime.CompilerServices;
using Atoll.Core.Events;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Three events of every team, then silence.</summary>
internal sealed class FakeEvents : IEvents
{
    private static readonly SandboxId Id = SandboxId.New();

    public Task<IReadOnlyList<SandboxEvent>> ListAsync(TeamId team, SandboxId? sandbox, long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SandboxEvent>>([.. All(team).Where(one => one.Sequence > after).Take(limit)]);

    public async IAsyncEnumerable<SandboxEvent> FollowAsync(TeamId team, SandboxId? sandbox, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var one in All(team).Where(one => one.Sequence > after)) yield return one;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }

    private static IEnumerable<SandboxEvent> All(TeamId team) =>
        Enumerable.Range(1, 3).Select(number => new SandboxEvent(number, DateTimeOffset.UnixEpoch, team, Id, "sandbox.running", SandboxState.Creating, SandboxState.Running, null, null));
}

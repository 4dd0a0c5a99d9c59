using Microsoft.Extensions.Time.Testing;

namespace Atoll.Server.Tests;

/// <summary>A server whose time passes when a test says so.</summary>
public sealed class ServerWithClock : ServerFixture
{
    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    protected override TimeProvider Time => Clock;
}

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>A server that a test has die right after a step, as by kill -9. Looks at its own server's things only, so other tests may run meanwhile: its classes are in two collections of their own.</summary>
public abstract class FailpointTest : CrashTest
{
    // Named while the server runs: to arm it by the environment would take a restart more for each step.
    private readonly string _armed;

    protected FailpointTest()
    {
        _armed = Server.PathOf("failpoint");
        Server.Configure("ATOLL_FAILPOINT", _armed);
    }

    protected string Pool => Path.Combine(Server.StateDirectory, "pool");

    /// <summary>The last event's number before the operation at which the server died last.</summary>
    protected long Seen { get; private set; }

    /// <summary>Has the server do something at a step of which it dies, and starts one that does not.</summary>
    protected async Task DieAtAsync(string failpoint, Func<Task> operation)
    {
        Seen = (long)(await EventsAsync())[^1]["sequence"]!;
        await File.WriteAllTextAsync(_armed, failpoint, Cancellation);
        await Assert.ThrowsAsync<HttpRequestException>(operation);
        await EndAsync(kill: true);
        File.Delete(_armed);
        await StartAsync();
    }
}

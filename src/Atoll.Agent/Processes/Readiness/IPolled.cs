namespace Atoll.Agent.Processes.Readiness;

/// <summary>Something whose descriptor the event loop watches.</summary>
internal interface IPolled
{
    /// <summary>Called on the loop's thread: must not wait.</summary>
    void OnReady(uint events);
}

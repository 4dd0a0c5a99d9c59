using Atoll.Agent.Native;
using Atoll.Agent.Processes.Readiness;

namespace Atoll.Agent.Processes.Input;

/// <summary>Waits once until a descriptor takes bytes (or has failed).</summary>
internal sealed class WritableWait(EventLoop loop, int descriptor) : IPolled
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _key;

    public async Task WaitAsync(CancellationToken cancellation)
    {
        loop.Post(() =>
        {
            _key = loop.Watch(descriptor, Polling.Writable, this);
            if (_key == 0) _ready.TrySetResult();
        });

        // Also a wait that is given up ends on the loop's thread, so that the descriptor is no longer watched when its owner closes it.
        await using var registration = cancellation.UnsafeRegister(_ => loop.Post(Stop), null);
        await _ready.Task;
        cancellation.ThrowIfCancellationRequested();
    }

    public void OnReady(uint events) => Stop();

    private void Stop()
    {
        if (_key != 0) loop.Unwatch(descriptor, _key);
        _key = 0;
        _ready.TrySetResult();
    }
}

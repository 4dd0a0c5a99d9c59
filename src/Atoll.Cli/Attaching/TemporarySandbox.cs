using Atoll.Cli.Invocation;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Attaching;

/// <summary>A sandbox made for one command and removed at its end, however that comes, unless it is to be kept.</summary>
internal sealed class TemporarySandbox : IAsyncDisposable
{
    // A create that is under way is waited for this long when we are told to leave: its sandbox could not be removed otherwise.
    private static readonly TimeSpan CreateLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RemoveLimit = TimeSpan.FromSeconds(15);

    private readonly CommandContext _context;
    private readonly bool _keep;

    private TemporarySandbox(CommandContext context, string id, bool keep) => (_context, Id, _keep) = (context, id, keep);

    public string Id { get; }

    public static async Task<TemporarySandbox> CreateAsync(CommandContext context, CreateSandbox request, bool keep, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, context.Time);
        var creating = context.Client.Sandboxes.CreateAsync(request, Guid.NewGuid().ToString("N"), limit.Token);
        SandboxInfo sandbox;
        await using (context.Wait("creating a sandbox"))
        {
            try
            {
                sandbox = await creating.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                limit.CancelAfter(CreateLimit);
                await RemoveWhenCreatedAsync(context, creating);
                throw;
            }
        }

        context.Sandbox = sandbox.Id;
        return new(context, sandbox.Id, keep);
    }

    public async ValueTask DisposeAsync()
    {
        if (_keep)
        {
            _context.Output.ErrorLine($"kept: {Id}");
            return;
        }

        await RemoveAsync(_context, Id);
    }

    private static async Task RemoveWhenCreatedAsync(CommandContext context, Task<SandboxInfo> creating)
    {
        try
        {
            await RemoveAsync(context, (await creating).Id);
        }
        catch (Exception failure) when (failure is AtollException or OperationCanceledException)
        {
            // It was never created, or nobody knows: its own timeout ends it then.
            return;
        }
    }

    private static async Task RemoveAsync(CommandContext context, string id)
    {
        try
        {
            using var limit = new CancellationTokenSource(RemoveLimit, context.Time);
            await using var wait = context.Wait("removing the sandbox");
            await context.Client.Sandboxes.DeleteAsync(id, limit.Token);
        }
        catch (AtollException failure) when (failure.Code is "sandbox_not_found" or "sandbox_ended")
        {
            return;
        }
        catch (Exception failure) when (failure is AtollException or OperationCanceledException)
        {
            context.Output.ErrorLine($"warning: sandbox {id} could not be removed ({failure.Message}). What to do: atoll rm {id}");
        }
    }
}

using Atoll.Core.Faults;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>How many exports, imports and archives are under way at one time; more wait.</summary>
internal sealed class TransferTurns(IOptions<ExportOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.Value.AtOnce);

    /// <summary>What reading or storing throws becomes its fault.</summary>
    public async Task<Result<T>> TakeAsync<T>(Func<Task<Result<T>>> work, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}

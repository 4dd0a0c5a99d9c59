namespace Atoll.Core.Lifetime;

/// <summary>Something that runs beside requests from the moment Core is ready until it stops. It meets its own failures and goes on; what escapes it is a bug, is logged, and it is begun again after a pause.</summary>
internal interface ICoreLoop
{
    Task RunAsync(CancellationToken stopping);
}

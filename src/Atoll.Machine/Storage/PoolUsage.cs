namespace Atoll.Machine.Storage;

/// <summary>How full the pool is.</summary>
/// <param name="TotalBytes">What it can grow to.</param>
/// <param name="FreeBytes">What may still be written, the backing filesystem's own free space taken into account.</param>
/// <param name="ReserveBytes">New sandboxes are refused when less than this is free.</param>
internal sealed record PoolUsage(long TotalBytes, long FreeBytes, long ReserveBytes)
{
    public bool NearlyFull => FreeBytes < ReserveBytes;
}

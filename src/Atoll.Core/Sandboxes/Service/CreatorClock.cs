using Atoll.Core.Store;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Service;

/// <summary>The times a create needs.</summary>
internal sealed class CreatorClock(TimeProvider time, IOptions<StoreOptions> options)
{
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Idempotency keys from before this count no more.</summary>
    public DateTimeOffset ClaimsSince => Now.AddHours(-options.Value.IdempotencyHours);
}

using Atoll.Core.Faults;

namespace Atoll.Machine.Storage;

/// <summary>A template being built. Disposing one that was not sealed removes it.</summary>
internal abstract class TemplateDraft : IAsyncDisposable
{
    /// <summary>The directory to fill.</summary>
    public abstract string Root { get; }

    /// <summary>Makes it a template: read-only, durable, and in place of an older one of the same name (whose clones go on).</summary>
    public abstract Task<Result<TemplateTree>> SealAsync(string manifest, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}

using Atoll.Core.Faults;

namespace Atoll.Machine.Storage.Trees;

/// <summary>A draft on a <see cref="TemplateShelf"/>. The lock it holds is what keeps a sweep, also another process', away from it.</summary>
internal sealed class ShelfDraft(TemplateShelf shelf, string name, string tree, FileLock held) : TemplateDraft
{
    private bool _sealed;
    private bool _disposed;

    public override string Root => Path.Combine(tree, "root");

    public override Task<Result<TemplateTree>> SealAsync(string manifest, CancellationToken cancellation)
    {
        if (_sealed || _disposed) throw new InvalidOperationException($"The draft of template '{name}' is sealed or disposed already.");
        return StorageFaults.GuardAsync<TemplateTree>(
            () =>
            {
                var published = shelf.Publish(name, tree, manifest);
                _sealed = true;
                return published;
            },
            cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        using (held)
        {
            if (!_sealed) await Task.Run(() => shelf.Abandon(tree));
        }
    }
}

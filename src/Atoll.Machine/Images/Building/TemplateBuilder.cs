using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Images.Building;

/// <summary>
/// Builds templates that are missing or out of date. One build at a time on a host (a lock on a file, so also between processes): whoever waited finds the
/// template there. Storage must be open.
/// </summary>
internal sealed class TemplateBuilder(
    ISandboxStorage storage,
    TemplateCatalog catalog,
    TreeCache cache,
    IEnumerable<ITemplateRecipe> recipes,
    IOptions<ImageOptions> options,
    IOptions<MachineOptions> machine,
    TimeProvider time)
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    public IReadOnlyList<string> Known { get; } = [.. recipes.Select(recipe => recipe.Name)];

    /// <summary>Makes sure that a template is there as its recipe says, and returns whether it had to be built.</summary>
    public async Task<Result<bool>> EnsureAsync(string name, IProgress<string> progress, CancellationToken cancellation)
    {
        if (recipes.FirstOrDefault(recipe => recipe.Name == name) is not { } recipe)
            return new Fault(FaultCode.TemplateNotFound, FaultSide.Caller, FaultStage.Template, $"There is no recipe for a template '{name}'.", $"Known are: {string.Join(", ", Known)}.");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.BuildSeconds), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await using var alone = await LockAsync(progress, both.Token);
            if (await IsCurrentAsync(recipe, both.Token)) return false;

            var built = await BuildAsync(recipe, progress, both.Token);
            if (built.Fault is { } fault) return fault;
            await catalog.ReloadAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new Fault(FaultCode.Timeout, FaultSide.Host, FaultStage.Template, $"Template '{name}' was not built within {options.Value.BuildSeconds} s.",
                "Look at the package mirror's speed (Images:Mirror), or allow more (Images:BuildSeconds).");
        }
    }

    private async Task<bool> IsCurrentAsync(ITemplateRecipe recipe, CancellationToken cancellation)
    {
        var trees = await storage.ListTemplatesAsync(cancellation);
        return trees.FirstOrDefault(tree => tree.Name == recipe.Name) is { } there && catalog.Read(there)?.Recipe == recipe.Digest;
    }

    private async Task<Result<Done>> BuildAsync(ITemplateRecipe recipe, IProgress<string> progress, CancellationToken cancellation)
    {
        if (!(await storage.BeginTemplateAsync(recipe.Name, cancellation)).TryGet(out var draft, out var fault)) return fault;
        await using var owned = draft;
        if (!await cache.TryRestoreAsync(recipe, draft.Root, progress, cancellation))
        {
            var built = await recipe.BuildAsync(draft.Root, progress, cancellation);
            if (built.Fault is not null) return built;
            await cache.SaveAsync(recipe, draft.Root, progress, cancellation);
        }

        var manifest = new TemplateManifest(recipe.Name, recipe.Digest, time.GetUtcNow(), TreeSize.Of(draft.Root), recipe.User, recipe.WorkingDirectory);
        var sealing = await draft.SealAsync(JsonSerializer.Serialize(manifest, TemplateManifestJson.Default.TemplateManifest), cancellation);
        return sealing.Map(_ => Done.Value);
    }

    private async Task<FileStream> LockAsync(IProgress<string> progress, CancellationToken cancellation)
    {
        var path = Path.Combine(HostFolders.MakePrivate(machine.Value.StateDirectory), "build.lock");
        for (var waited = false; ; waited = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!waited) progress.Report("another build is under way: waiting for it");
                await Task.Delay(LockPause, time, cancellation);
            }
        }
    }
}

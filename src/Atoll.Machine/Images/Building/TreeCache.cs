using Atoll.Machine.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Images.Building;

/// <summary>
/// Built trees as <c>tar.zst</c> archives named by template and recipe digest, if <see cref="ImageOptions.CacheDirectory"/> is set. An archive that cannot be written or read
/// costs a build, nothing else. Owners, modes, hard links, xattrs and capabilities are kept.
/// </summary>
internal sealed partial class TreeCache(IOptions<ImageOptions> options, TimeProvider time, ILogger<TreeCache> log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public async Task<bool> TryRestoreAsync(ITemplateRecipe recipe, string root, IProgress<string> progress, CancellationToken cancellation)
    {
        if (PathOf(recipe) is not { } path || !File.Exists(path)) return false;

        progress.Report($"unpacking {Path.GetFileName(path)} from the cache");
        var unpacked = await HostCommand.RunAsync(["tar", "--zstd", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xpf", path, "-C", root], Limit, cancellation);
        if (unpacked.Succeeded) return true;

        LogUnusable(recipe.Name, unpacked.Summary);
        File.Delete(path);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos()) Delete(entry);
        return false;
    }

    public async Task SaveAsync(ITemplateRecipe recipe, string root, IProgress<string> progress, CancellationToken cancellation)
    {
        if (PathOf(recipe) is not { } path) return;

        progress.Report("keeping the built tree in the cache");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Unique, so that two hosts' builds that share a folder never write one file.
        var draft = $"{path}.{time.GetTimestamp():x}";
        var saved = await HostCommand.RunAsync(["tar", "-I", "zstd -3 -T0", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-cpf", draft, "-C", root, "."], Limit, cancellation);
        if (saved.Succeeded) File.Move(draft, path, overwrite: true);
        else LogUnusable(recipe.Name, saved.Summary);
        File.Delete(draft);
    }

    private static void Delete(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo { LinkTarget: null } folder) folder.Delete(recursive: true);
        else entry.Delete();
    }

    private string? PathOf(ITemplateRecipe recipe) =>
        recipe.Cacheable && options.Value.CacheDirectory is { } folder ? Path.Combine(folder, $"{recipe.Name}-{recipe.Digest[..16]}.tar.zst") : null;

    [LoggerMessage(2110, LogLevel.Warning, "The cached tree of template {Template} is of no use: {Reason}")]
    private partial void LogUnusable(string template, string reason);
}

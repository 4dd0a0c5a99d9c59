using System.Security.Cryptography;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Trees;

/// <summary>
/// Templates on disk, the same for every kind of storage:
/// <code>
/// templates/NAME -> ../trees/TOKEN     the name; replaced by one rename, so that a template is the old one or the new one, never neither
/// trees/TOKEN/root                     its files
/// trees/TOKEN/manifest                 what was sealed with it
/// trees/TOKEN/lock                     held by whoever builds it, so that no other process sweeps it away
/// </code>
/// A tree that no name points to, nobody builds and no clone needs is removed by <see cref="Sweep"/>. Thread-safe.
/// </summary>
internal sealed class TemplateShelf(string folder, ITreeMaker maker)
{
    private const int TokenLength = 16;
    private readonly Lock _sync = new();

    private string Names => Path.Combine(folder, "templates");

    private string Trees => Path.Combine(folder, "trees");

    public void Prepare()
    {
        Directory.CreateDirectory(Names);
        Directory.CreateDirectory(Trees);
    }

    public TemplateTree? Find(string name)
    {
        if (!TemplateName.IsValid(name) || new FileInfo(Path.Combine(Names, name)).LinkTarget is not { } target) return null;
        var tree = Path.Combine(Trees, Path.GetFileName(target));
        try
        {
            return new TemplateTree(name, Path.Combine(tree, "root"), File.ReadAllText(Path.Combine(tree, "manifest")));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Replaced and swept between the two reads: the name points elsewhere now, or is gone.
            return null;
        }
    }

    public IReadOnlyList<TemplateTree> List() => [.. Directory.EnumerateFileSystemEntries(Names)
        .Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(name => Find(name!)).OfType<TemplateTree>()];

    public TemplateDraft Begin(string name)
    {
        lock (_sync)
        {
            var tree = Path.Combine(Trees, RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", TokenLength));
            Directory.CreateDirectory(tree);
            var held = FileLock.Try(Path.Combine(tree, "lock")) ?? throw new InvalidOperationException($"{tree} was made just now and is locked already.");
            try
            {
                maker.Create(Path.Combine(tree, "root"));
                File.SetUnixFileMode(Path.Combine(tree, "root"), (UnixFileMode)0b111_101_101);
            }
            catch
            {
                held.Dispose();
                throw;
            }

            return new ShelfDraft(this, name, tree, held);
        }
    }

    public void Delete(string name)
    {
        lock (_sync)
        {
            File.Delete(Path.Combine(Names, name));
            FileCall.Sync(Names);
        }
    }

    /// <summary>Removes trees that nothing needs any more.</summary>
    /// <param name="inUse">Whether clones still need the tree with this root, though no name points to it.</param>
    public void Sweep(Func<string, bool> inUse)
    {
        lock (_sync)
        {
            var named = Directory.EnumerateFileSystemEntries(Names).Select(link => Path.GetFileName(new FileInfo(link).LinkTarget)).ToHashSet(StringComparer.Ordinal);
            foreach (var tree in Directory.EnumerateDirectories(Trees))
            {
                if (named.Contains(Path.GetFileName(tree))) continue;
                using var held = FileLock.Try(Path.Combine(tree, "lock"));
                if (held is not null && !inUse(Path.Combine(tree, "root"))) Remove(tree);
            }
        }
    }

    internal TemplateTree Publish(string name, string tree, string manifest)
    {
        var root = Path.Combine(tree, "root");
        maker.Seal(root);
        File.WriteAllText(Path.Combine(tree, "manifest"), manifest);

        // Everything of the tree is on disk before its name is: after a power cut there is no name that leads to half a template.
        FileCall.SyncFilesystem(tree);
        lock (_sync)
        {
            var link = Path.Combine(tree, "name");
            File.CreateSymbolicLink(link, Path.Combine("..", "trees", Path.GetFileName(tree)));
            FileCall.Rename(link, Path.Combine(Names, name));
            FileCall.Sync(Names);
        }

        return new TemplateTree(name, root, manifest);
    }

    internal void Abandon(string tree)
    {
        lock (_sync)
        {
            Remove(tree);
        }
    }

    private void Remove(string tree)
    {
        maker.Delete(Path.Combine(tree, "root"));
        Directory.Delete(tree, recursive: true);
    }
}

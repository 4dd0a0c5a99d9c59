using Atoll.Machine.Storage.Trees;

namespace Atoll.Machine.Storage.Overlay;

/// <summary>Template trees as plain directories. Nothing writes to a sealed one: as the lower layer of an overlay it is never written to.</summary>
internal sealed class DirectoryTree : ITreeMaker
{
    public void Create(string root) => Directory.CreateDirectory(root);

    public void Seal(string root)
    {
    }

    public void Delete(string root)
    {
        if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
    }
}

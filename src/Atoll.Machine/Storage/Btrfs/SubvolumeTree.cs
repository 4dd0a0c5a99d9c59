using Atoll.Machine.Native;
using Atoll.Machine.Storage.Trees;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>Template trees as subvolumes: read-only once sealed, cloned by snapshot.</summary>
internal sealed class SubvolumeTree : ITreeMaker
{
    public void Create(string root) => BtrfsCall.CreateSubvolume(root);

    public void Seal(string root) => BtrfsCall.SetReadOnly(root, readOnly: true);

    public void Delete(string root)
    {
        if (Directory.Exists(root)) BtrfsCall.DestroySubvolume(root);
    }
}

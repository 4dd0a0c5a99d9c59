using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Tree;

/// <summary>An entry met on a walk. The directory stays open until the walk goes on.</summary>
internal readonly record struct TreeItem(Descriptor Directory, byte[] Name, byte[] Path, FileStatus Status);

namespace Atoll.Machine.Native.Namespaces;

/// <summary>A file or folder of the host's that appears in a root filesystem and cannot be written there.</summary>
/// <param name="Source">On the host.</param>
/// <param name="Target">Below the root, without a slash before it: a plain file or folder.</param>
/// <param name="Programs">What is in it may be run, whatever the host's own mount says.</param>
internal sealed record ReadOnlyMount(string Source, string Target, bool Programs);

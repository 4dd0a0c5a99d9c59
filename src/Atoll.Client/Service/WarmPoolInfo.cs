namespace Atoll.Client.Service;

/// <summary>Sandboxes of one kind that the server keeps started before they are asked for.</summary>
/// <param name="Cpu">Cores of the size they are kept in; null where one serves every size.</param>
/// <param name="MemoryMiB">Memory of that size; null as above.</param>
/// <param name="Ready">Waiting to be asked for.</param>
/// <param name="Target">How many should be.</param>
public sealed record WarmPoolInfo(string Template, string Isolation, double? Cpu, int? MemoryMiB, int Ready, int Target, long MemoryBytes);

using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>Sandboxes of one template, isolation and size that are started and wait to be asked for.</summary>
/// <param name="Cpu">Cores seen inside; null where limits are put in force at the claim and one size serves all.</param>
/// <param name="MemoryMiB">Memory seen inside; null as above.</param>
/// <param name="Ready">Answering, and claimed by nobody.</param>
/// <param name="Target">How many there should be now: what was asked for lately, between floor and ceiling.</param>
/// <param name="MemoryBytes">What the ready ones use, by the measure taken of each when it became ready.</param>
public sealed record WarmPoolStatus(string Template, IsolationKind Isolation, double? Cpu, int? MemoryMiB, int Ready, int Target, long MemoryBytes);

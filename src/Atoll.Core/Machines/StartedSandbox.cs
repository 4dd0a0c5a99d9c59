using System.Net;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>A sandbox that has just become live.</summary>
/// <param name="Address">Its address on this node, seen from the host.</param>
/// <param name="Warm">It had been started beforehand, and was only claimed.</param>
public sealed record StartedSandbox(SandboxId Id, IPAddress Address, bool Warm = false);

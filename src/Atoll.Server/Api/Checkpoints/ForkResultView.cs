using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>One of a fork: either it runs, or why not.</summary>
internal sealed record ForkResultView(SandboxView? Sandbox, Problem? Error);

using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Starting;

/// <summary>Why a process could not be started.</summary>
internal sealed record StartFailure(FailureCode Code, string Message);

namespace Atoll.Core.Code.Running;

/// <summary>What bounds one execution.</summary>
internal sealed record ExecutionLimits(TimeSpan Timeout, TimeSpan Grace, TimeSpan Start, long? OutputBytes, int ResultBytes, int Results, long ResultsBytes);

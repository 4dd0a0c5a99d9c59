using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Output;

/// <summary>What a follower finds at its offset.</summary>
/// <param name="Offset">Of the first byte that is there. Greater than what was asked for: what lies between is lost.</param>
/// <param name="Length">Bytes copied, all of one stream; 0 when there are none yet.</param>
/// <param name="Complete">There is nothing at this offset and never will be.</param>
/// <param name="More">Completes when something has changed since.</param>
internal readonly record struct BacklogRead(long Offset, OutputStream Stream, int Length, bool Complete, Task More);

using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code.Running;

/// <summary>A context's process, as far as this server knows it. Belongs to whoever has the context's turn.</summary>
/// <param name="Offset">Where in its output the next execution begins.</param>
/// <param name="Orphan">Another server may have left something running in it.</param>
/// <param name="Blank">It was started before it was known for which sandbox, and has run nothing: it takes on the environment and directory with its first execution.</param>
internal sealed record Interpreter(int Pid, long Offset, bool Orphan, bool Blank)
{
    public ProcessRef Process => ProcessRef.ByPid(Pid);
}

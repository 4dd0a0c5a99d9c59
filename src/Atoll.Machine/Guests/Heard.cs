using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests;

/// <summary>What came from an agent: an answer or a fault. Neither: the connection broke, and another may do better.</summary>
internal readonly record struct Heard(Output? Output, Fault? Fault)
{
    public bool Broken => Output is null && Fault is null;
}

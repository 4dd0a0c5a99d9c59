using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>Which handler answers which kind of call.</summary>
internal static class CallHandlers
{
    public static Dictionary<Call.RequestOneofCase, ICallHandler> Create() => new()
    {
        // A new kind of call: one line here.
        [Call.RequestOneofCase.Hello] = new HelloHandler(),
    };
}

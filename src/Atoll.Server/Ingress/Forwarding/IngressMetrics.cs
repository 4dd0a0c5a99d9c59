using System.Diagnostics.Metrics;
using Atoll.Core.Faults;
using Atoll.Core.Metrics;
using Atoll.Server.Ingress.Addresses;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>Counts of requests to ports, by form and by what came of them. What each sandbox sends and receives is in its own usage.</summary>
internal sealed class IngressMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _toSandboxes;
    private readonly Counter<long> _fromSandboxes;

    public IngressMetrics(AtollMetrics metrics)
    {
        _requests = metrics.Meter.CreateCounter<long>("atoll.ingress.requests", "{request}", "Requests to ports of sandboxes, WebSockets among them, by form of address and by what came of them: ok, or the code of the refusal.");
        _toSandboxes = metrics.Meter.CreateCounter<long>("atoll.ingress.sent", "By", "Sent to ports of sandboxes.");
        _fromSandboxes = metrics.Meter.CreateCounter<long>("atoll.ingress.received", "By", "Received from ports of sandboxes.");
    }

    public void Ended(AddressForm? form, Fault? fault)
    {
        if (!_requests.Enabled) return;
        var word = form switch { AddressForm.Path => "path", AddressForm.Host => "host", _ => "none" };
        _requests.Add(1, new("form", word), new("result", AtollMetrics.ResultOf(fault)));
    }

    public void ToSandbox(int bytes) => _toSandboxes.Add(bytes);

    public void FromSandbox(int bytes) => _fromSandboxes.Add(bytes);
}

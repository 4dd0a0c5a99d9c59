using System.Collections.Immutable;

namespace Atoll.Core.Faults;

/// <summary>Mistakes of one request, by the field's path as the API writes it. The first mistake of a field stays. One request, one thread.</summary>
internal sealed class FieldErrors
{
    private readonly ImmutableDictionary<string, string>.Builder _fields = ImmutableDictionary.CreateBuilder<string, string>();
    private (string Field, Fault Fault)? _special;

    public void Add(string field, string mistake) => _fields.TryAdd(field, mistake);

    /// <summary>A mistake with a code of its own, which the fault has if nothing else is wrong.</summary>
    public void Add(string field, Fault fault)
    {
        if (_fields.TryAdd(field, fault.Detail)) _special ??= (field, fault);
    }

    /// <summary>Everything that is wrong, or null.</summary>
    public Fault? ToFault() => _fields.Count switch
    {
        0 => null,
        1 when _special is { } only => only.Fault with { Fields = _fields.ToImmutable() },
        1 => Invalid(_fields.First().Value, null),
        _ => Invalid($"{_fields.Count} fields of the request are not valid.", "See 'errors' for each field."),
    };

    private Fault Invalid(string detail, string? hint) => new(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, detail, hint) { Fields = _fields.ToImmutable() };
}

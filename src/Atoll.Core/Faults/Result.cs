using System.Diagnostics.CodeAnalysis;

namespace Atoll.Core.Faults;

/// <summary>A value, or the <see cref="Faults.Fault"/> that stood in its way. Bugs and broken invariants are exceptions; everything a caller may meet is one of these.</summary>
[GenerateSerializer, Immutable]
public readonly struct Result<T>
{
    [Id(0)]
    private readonly T? _value;

    [Id(1)]
    private readonly Fault? _fault;

    private Result(T? value, Fault? fault) => (_value, _fault) = (value, fault);

    public Fault? Fault => _fault;

    public bool Succeeded => _fault is null;

    /// <exception cref="InvalidOperationException">The result is a fault.</exception>
    public T Value => _fault is null ? _value! : throw new InvalidOperationException($"No value: {_fault}");

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Fault? fault)
    {
        (value, fault) = (_value, _fault);
        return fault is null;
    }

    public Result<TOther> Map<TOther>(Func<T, TOther> map) => _fault is null ? map(_value!) : _fault;

    internal static Result<T> From(T value) => new(value, null);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Fault fault) => new(default, fault);
}

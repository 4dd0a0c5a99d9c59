namespace Atoll.Core.Faults;

/// <summary>The value of an operation that has nothing to return but that it succeeded: <c>Result&lt;Done&gt;</c>.</summary>
[GenerateSerializer, Immutable]
public readonly record struct Done
{
    public static Done Value => default;
}

namespace Atoll.Core.Teams;

/// <summary>Who owns sandboxes, keys and everything else: <c>team_</c> and 16 lower-case letters or digits.</summary>
[GenerateSerializer, Immutable]
public readonly record struct TeamId([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}

namespace Atoll.Agent.Files;

/// <summary>Who a file belongs to, by number.</summary>
internal readonly record struct Ownership(uint Uid, uint Gid)
{
    public static Ownership Root => default;
}

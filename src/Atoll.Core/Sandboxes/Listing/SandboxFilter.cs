namespace Atoll.Core.Sandboxes.Listing;

internal static class SandboxFilter
{
    /// <summary>Whether only living sandboxes are asked for, so that memory can answer.</summary>
    public static bool LivingOnly(SandboxQuery query) =>
        query.States.IsDefaultOrEmpty || query.States.All(x => x.IsLiving());

    public static bool Matches(Sandbox sandbox, SandboxQuery query) =>
        (query.States.IsDefaultOrEmpty || query.States.Contains(sandbox.State))
        && (query.Name is null || query.Name == sandbox.Spec.Name)
        && MetadataMatches(sandbox, query);

    public static bool MetadataMatches(Sandbox sandbox, SandboxQuery query) =>
        query.Metadata.All(wanted => sandbox.Spec.Metadata.TryGetValue(wanted.Key, out var value) && value == wanted.Value);
}

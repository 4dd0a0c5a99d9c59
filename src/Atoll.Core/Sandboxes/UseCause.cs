namespace Atoll.Core.Sandboxes;

/// <summary>Why a sandbox is taken into use.</summary>
public enum UseCause
{
    /// <summary>A call of the API.</summary>
    Api,

    /// <summary>A request to one of its ports.</summary>
    Traffic,
}

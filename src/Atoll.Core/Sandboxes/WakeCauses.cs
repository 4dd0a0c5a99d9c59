namespace Atoll.Core.Sandboxes;

/// <summary>What makes a sandbox that sleeps run again by itself.</summary>
[Flags]
public enum WakeCauses
{
    /// <summary>Nothing: only who asks for it.</summary>
    None = 0,

    /// <summary>A call that works in it: commands, files, code. Looking at it, lists, events and usage are none.</summary>
    Api = 1,

    /// <summary>A request to one of its ports.</summary>
    Http = 2,
}

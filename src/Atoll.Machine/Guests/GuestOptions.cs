namespace Atoll.Machine.Guests;

/// <summary>Calls into living sandboxes. Section <c>Guests</c>.</summary>
public sealed class GuestOptions
{
    public const string Section = "Guests";

    /// <summary>
    /// How many streams (attachments, followed output, followed logs, watched folders, running code) one sandbox may have open at one time; more answer <c>too_many</c>. Each is a
    /// connection of its agent's, which takes 512: the rest stays free for commands and file calls. Default 256; 1 to 448.
    /// </summary>
    public int MaxStreams { get; set; } = 256;
}

namespace Atoll.Machine.Guests;

/// <summary>Calls into living sandboxes. Section <c>Guests</c>.</summary>
public sealed class GuestOptions
{
    public const string Section = "Guests";

    /// <summary>
    /// How many streams (attachments, followed output, followed logs, watched folders, running code) one sandbox may have open at one time; more answer <c>too_many</c>. Each is a
    /// connection of its agent's, which takes 512: the rest stays free for commands and file calls. Default 256; together with <see cref="MaxTunnels"/> at most 448.
    /// </summary>
    public int MaxStreams { get; set; } = 256;

    /// <summary>
    /// How long a command, stream or call goes on trying to reach its sandbox's agent after their connection broke, while the sandbox runs; then it ends with <c>agent_unreachable</c>. As long as
    /// the sandbox is paused or sleeps, no time passes. What a connection that stays broken leaves inside (an exec's process) ends half a minute later. Seconds; default 60; 0 to 3,600, 0 being never.
    /// </summary>
    public double ReattachSeconds { get; set; } = 60;

    /// <summary>
    /// How many connections to ports that are bound to the sandbox's loopback address alone may be open at one time: the agent carries those. More answer <c>too_many</c>. Ports bound to
    /// every address are connected to directly and are not counted. Default 128; at least 1.
    /// </summary>
    public int MaxTunnels { get; set; } = 128;
}

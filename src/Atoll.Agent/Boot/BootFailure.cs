namespace Atoll.Agent.Boot;

/// <summary>Why process 1 could not start: its exit status and one line for stderr, which the launcher still reads at that time.</summary>
internal sealed record BootFailure(int ExitCode, string Message)
{
    public static BootFailure NoBootFile { get; } = new(70, "the boot file beside the agent cannot be read");

    public static BootFailure BadBootFile { get; } = new(71, "the boot file is not one of this version");

    public static BootFailure CannotListen { get; } = new(72, "the port cannot be bound");

    public static BootFailure NoNullDevice { get; } = new(73, "/dev/null cannot be opened, or is no device");

    public static BootFailure NoEventQueue { get; } = new(74, "the kernel gives no event queue");
}

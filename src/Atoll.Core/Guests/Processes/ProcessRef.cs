namespace Atoll.Core.Guests.Processes;

/// <summary>A process by its pid, or by its tag.</summary>
public readonly record struct ProcessRef
{
    private ProcessRef(int pid, string? tag) => (Pid, Tag) = (pid, tag);

    public int Pid { get; }

    public string? Tag { get; }

    public static ProcessRef ByPid(int pid) => new(pid, null);

    public static ProcessRef ByTag(string tag) => new(0, tag);

    public override string ToString() => Tag ?? Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

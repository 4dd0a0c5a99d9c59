using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>An open file descriptor, closed when it is disposed.</summary>
internal sealed class Descriptor : SafeHandle
{
    public Descriptor(int number, bool owns = true)
        : base(-1, owns) => SetHandle(number);

    /// <summary>Stands for the process's working directory; every path given with it here is absolute.</summary>
    public static Descriptor None { get; } = new(-100, owns: false);

    public override bool IsInvalid => handle == -1;

    public int Number => (int)handle;

    protected override bool ReleaseHandle() => FileCalls.Close(Number) == 0;
}

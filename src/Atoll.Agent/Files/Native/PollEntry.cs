using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>The kernel's struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PollEntry(int descriptor, short wanted)
{
    public readonly int Descriptor = descriptor;
    public readonly short Wanted = wanted;
    public readonly short Happened;
}

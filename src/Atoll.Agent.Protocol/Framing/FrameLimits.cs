namespace Atoll.Agent.Protocol.Framing;

/// <summary>Sizes of frames, as agent.proto states them.</summary>
public static class FrameLimits
{
    /// <summary>The length before each frame: 4 bytes, little-endian.</summary>
    public const int HeaderBytes = 4;

    /// <summary>The most that a frame may hold.</summary>
    public const int Frame = 1024 * 1024;

    /// <summary>The most that the first frame of a connection may hold.</summary>
    public const int FirstFrame = 16 * 1024 * 1024;

    /// <summary>Bytes of content that one frame carries at most: large enough that system calls cost little, small enough that 512 connections do not eat a sandbox.</summary>
    public const int Payload = 256 * 1024;
}

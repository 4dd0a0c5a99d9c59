using Atoll.Agent.Calls;
using Atoll.Agent.Native;
using Google.Protobuf;

namespace Atoll.Agent.Boot;

/// <summary>Reads what the host left for process 1 beside its binary.</summary>
internal static class BootFile
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The file named <c>boot</c> in the directory of the program that was started.</summary>
    public static string PathBeside(string program) => Path.Combine(Path.GetDirectoryName(program) ?? "/.atoll", "boot");

    public static Protocol.Wire.Boot? TryRead(string path, out BootFailure? failure)
    {
        failure = null;
        if (SmallFile.TryRead(path, MaxBytes) is not { Length: > 0 } bytes)
        {
            failure = BootFailure.NoBootFile;
            return null;
        }

        try
        {
            var boot = Protocol.Wire.Boot.Parser.ParseFrom(bytes);
            if (boot.Token.Length == Token.Bytes && boot.Port is > 0 and <= ushort.MaxValue) return boot;
        }
        catch (InvalidProtocolBufferException)
        {
            // The same answer as for one whose content makes no sense.
        }

        failure = BootFailure.BadBootFile;
        return null;
    }
}

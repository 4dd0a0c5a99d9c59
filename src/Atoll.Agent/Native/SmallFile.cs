namespace Atoll.Agent.Native;

/// <summary>Reads whole small files that somebody inside may have replaced by anything: opening never waits (FIFOs, terminals) and reading is bounded.</summary>
internal static unsafe class SmallFile
{
    /// <summary>At most <paramref name="most"/> bytes of the file; null when it cannot be opened or read.</summary>
    /// <param name="plain">It should be a file on a disk: fewer bytes than were asked for are its last. Files of the kernel's come in pieces.</param>
    public static byte[]? TryRead(string path, int most, bool plain = false)
    {
        var descriptor = Descriptors.Open(path, Descriptors.ReadOnly | Descriptors.NonBlocking | Descriptors.NoTerminal | Descriptors.CloseOnExec);
        if (descriptor < 0) return null;
        try
        {
            return ReadAll(descriptor, most, plain);
        }
        finally
        {
            _ = Descriptors.Close(descriptor);
        }
    }

    private static byte[]? ReadAll(int descriptor, int most, bool plain)
    {
        var bytes = new byte[Math.Min(most, 4096)];
        var length = 0;
        while (length < most)
        {
            if (length == bytes.Length) Array.Resize(ref bytes, Math.Min(most, bytes.Length * 2));
            nint read;
            fixed (byte* start = bytes) read = Descriptors.Read(descriptor, start + length, (nuint)(bytes.Length - length));
            if (read < 0) return null;
            var asked = bytes.Length - length;
            length += (int)read;
            if (read == 0 || (plain && read < asked)) break;
        }

        return bytes[..length];
    }
}

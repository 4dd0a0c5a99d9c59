using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>
/// A file as a block device (loop(4)). Made with <i>autoclear</i>: it goes by itself when its last user (the mount) does, so a crash cannot leave one behind.
/// The handle must therefore stay open until the device is mounted.
/// </summary>
internal static unsafe class LoopDevice
{
    private const nuint GetFree = 0x4C82;
    private const nuint Configure = 0x4C0A;
    private const nuint SetCapacity = 0x4C07;
    private const uint AutoClear = 4;
    private const uint DirectIo = 16;
    private const int ConfigBytes = 304;
    private const int FlagsOffset = 8 + 52;

    // Between "which one is free" and "take it" another process may take it: that is no failure until it happened this often.
    private const int Attempts = 64;

    /// <summary>Attaches <paramref name="file"/> with direct I/O, so that its pages are not cached twice (where the host's filesystem can).</summary>
    public static (SafeFileHandle Handle, string Device) Attach(string file)
    {
        using var control = FileCall.Open("/dev/loop-control", write: true);
        using var backing = FileCall.Open(file, write: true);
        var flags = AutoClear | DirectIo;
        for (var attempt = 0; ; attempt++)
        {
            var device = "/dev/loop" + DeviceControl.Call(control, GetFree, 0, "LOOP_CTL_GET_FREE", file).ToString(CultureInfo.InvariantCulture);
            var handle = FileCall.Open(device, write: true);
            try
            {
                Take(handle, backing, device, flags);
                return (handle, device);
            }
            catch (SyscallException taken) when (attempt < Attempts && taken.Errno == Errno.Busy)
            {
                handle.Dispose();
            }
            catch (SyscallException refused) when (refused.Errno == Errno.Invalid && (flags & DirectIo) != 0)
            {
                handle.Dispose();
                flags = AutoClear;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }

    /// <summary>The device that a file is attached to already, or null.</summary>
    public static string? Find(string file)
    {
        foreach (var folder in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "loop/backing_file")).TrimEnd('\n') == file) return "/dev/" + Path.GetFileName(folder);
            }
            catch (IOException)
            {
                // Not attached to anything, or detached while we looked: not ours either way.
            }
        }

        return null;
    }

    /// <summary>Makes the device as large as its file has become.</summary>
    public static void Grow(string device)
    {
        using var handle = FileCall.Open(device, write: true);
        DeviceControl.Call(handle, SetCapacity, 0, "LOOP_SET_CAPACITY", device);
    }

    private static void Take(SafeFileHandle handle, SafeFileHandle backing, string device, uint flags)
    {
        // struct loop_config: u32 fd, u32 block_size, struct loop_info64 (232 bytes, lo_flags at 52), u64 reserved[8].
        var config = stackalloc byte[ConfigBytes];
        new Span<byte>(config, ConfigBytes).Clear();
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(config, 4), (int)backing.DangerousGetHandle());
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(config + FlagsOffset, 4), flags);
        DeviceControl.Call(handle, Configure, config, "LOOP_CONFIGURE", device);
    }
}

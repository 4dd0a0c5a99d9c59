using System.Globalization;

namespace Atoll.Machine.Networking.Node;

/// <summary>
/// The host's switch for passing on packets, which every installation on it shares: the first that needs it turns it on, the last that goes puts back what was there.
/// The whole switch, rather than one interface's, because replies come in on whichever interface the host's routing picks, and that changes while sandboxes run.
/// <para>Who needs it is a file per installation under <see cref="DefaultFolder"/>, changed under a file lock; it outlives a crash, as the sandboxes do.</para>
/// </summary>
internal sealed class Forwarding(string instance, string folder = Forwarding.DefaultFolder, string setting = Forwarding.DefaultSetting)
{
    public const string DefaultFolder = "/run/atoll-forwarding";
    public const string DefaultSetting = "/proc/sys/net/ipv4/ip_forward";
    private const string Before = ".before";
    private const string Locked = ".lock";

    public async Task AcquireAsync(TimeProvider time, CancellationToken cancellation)
    {
        using var guard = await LockAsync(time, cancellation);
        var before = Path.Combine(folder, Before);
        if (!File.Exists(before)) await File.WriteAllTextAsync(before, await ReadAsync(cancellation), cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, instance), "", cancellation);
        if (await ReadAsync(cancellation) != "1") await File.WriteAllTextAsync(setting, "1", cancellation);
    }

    /// <param name="living">Tables of rules that are loaded now: an installation whose table is gone needs nothing any more, however it ended.</param>
    public async Task ReleaseAsync(IReadOnlyCollection<string> living, TimeProvider time, CancellationToken cancellation)
    {
        using var guard = await LockAsync(time, cancellation);
        File.Delete(Path.Combine(folder, instance));
        var users = Directory.EnumerateFiles(folder).Select(Path.GetFileName).OfType<string>().Where(name => name[0] != '.');
        if (users.Any(living.Contains)) return;
        var before = Path.Combine(folder, Before);
        if (File.Exists(before) && await File.ReadAllTextAsync(before, cancellation) == "0") await File.WriteAllTextAsync(setting, "0", cancellation);
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != Locked)) File.Delete(file);

        // The lock last, while it is held: whoever has opened it meanwhile sees that it is no longer the one there, and begins anew.
        File.Delete(Path.Combine(folder, Locked));
        RemoveIfEmpty();
    }

    private void RemoveIfEmpty()
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException) when (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            // Another installation is there already.
        }
        catch (DirectoryNotFoundException)
        {
            // Or was, and has gone.
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellation) => (await File.ReadAllTextAsync(setting, cancellation)).Trim();

    private async Task<FileStream> LockAsync(TimeProvider time, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, Locked);
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (IsThere(file)) return file;
                file.Dispose();
            }
            catch (IOException) when (time.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
            {
                // Another installation holds it for the milliseconds that its own change takes, or removes the folder this moment.
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
            }
        }
    }

    /// <summary>Not one that the last to go has removed between our opening it and our lock.</summary>
    private static bool IsThere(FileStream file) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}")).LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) != true;
}

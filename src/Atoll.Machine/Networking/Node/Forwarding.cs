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
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != ".lock")) File.Delete(file);
    }

    private async Task<string> ReadAsync(CancellationToken cancellation) => (await File.ReadAllTextAsync(setting, cancellation)).Trim();

    private async Task<FileStream> LockAsync(TimeProvider time, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
            {
                // Another installation holds it for the milliseconds that its own change takes.
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
            }
        }
    }
}

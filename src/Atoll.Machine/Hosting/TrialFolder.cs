using System.Globalization;
using Atoll.Machine.Native;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Hosting;

/// <summary>
/// A folder for what is only tried on this host, gone when it is disposed. What cannot be removed is a line in the log, never an exception: a trial that left something must not end the server.
/// Whoever makes the next one at that place removes what processes that are gone have left; its name says whose it is.
/// </summary>
internal sealed partial class TrialFolder : IDisposable
{
    private const string Prefix = "atoll-probe-";
    private readonly ILogger _log;

    private TrialFolder(string path, ILogger log) => (Path, _log) = (path, log);

    public string Path { get; }

    /// <param name="below">Where to make it, the best place first; one that is missing or cannot be written is passed over.</param>
    /// <param name="name">Tells it from others of this process.</param>
    /// <exception cref="IOException">It can be made nowhere.</exception>
    public static TrialFolder Create(IReadOnlyList<string> below, string name, ILogger log)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                if (!Directory.Exists(below[i]) && i + 1 < below.Count) continue;
                Sweep(below[i], log);
                var path = System.IO.Path.Combine(below[i], string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{name}"));
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                return new TrialFolder(path, log);
            }
            catch (Exception failure) when (i + 1 < below.Count && failure is (IOException or UnauthorizedAccessException))
            {
                LogPassedOver(log, below[i], failure.Message);
            }
        }
    }

    public void Dispose() => Remove(Path, _log);

    /// <summary>Only of processes that are gone: another installation, or <c>doctor</c> beside a server, may be trying something now.</summary>
    internal static void Sweep(string below, ILogger log)
    {
        if (!Directory.Exists(below)) return;
        foreach (var folder in Directory.EnumerateDirectories(below, Prefix + "*"))
        {
            var owner = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out _) && !Directory.Exists("/proc/" + owner)) Remove(folder, log);
        }
    }

    private static void Remove(string path, ILogger log)
    {
        try
        {
            // A network namespace is a file that something is mounted on.
            foreach (var inside in Directory.EnumerateFileSystemEntries(path)) MountCall.Unmount(inside, lazily: true);
            Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogLeft(log, path, failure.Message);
        }
    }

    [LoggerMessage(2060, LogLevel.Warning, "{Folder}, in which something was tried, could not be removed and is removed at a later start: {Reason}")]
    private static partial void LogLeft(ILogger log, string folder, string reason);

    [LoggerMessage(2061, LogLevel.Warning, "Nothing can be tried in {Folder}: {Reason}")]
    private static partial void LogPassedOver(ILogger log, string folder, string reason);
}

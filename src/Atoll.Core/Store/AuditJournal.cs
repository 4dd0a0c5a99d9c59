using System.Text.Json;
using Atoll.Core.Teams.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Store;

/// <summary>
/// Entries on their way to the database, in files: one <c>write</c> each (some microseconds), which outlives a killed server; the next start finds them. It is not forced to the
/// disk: what a power cut takes, it takes of the database's newest transactions too (<see cref="Engines.SqlitePragmas"/>).
/// <para>One line of JSON an entry. A file is emptied when all its entries are in the database, and left for a new one at <see cref="MostBytes"/>, so they hold little more than what waits.
/// Where nothing can be written (a full or read-only disk), entries wait in memory alone, which is said.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed partial class AuditJournal(IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditJournal> log) : IDisposable
{
    private const long MostBytes = 1 << 20;
    private const string Pattern = "*.jsonl";
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly string _folder = options.Value.JournalFolder;
    private AuditJournalFile? _current;
    private long _files;
    private long? _toldAt;

    /// <summary>What an earlier server left, oldest first, and its files, to be <see cref="Forget"/>-ed when it is in the database. A line cut short is skipped.</summary>
    public (IReadOnlyList<AuditEntry> Entries, IReadOnlyList<string> Files) Left()
    {
        Directory.CreateDirectory(_folder);
        string[] files = [.. Directory.GetFiles(_folder, Pattern).Order(StringComparer.Ordinal)];
        List<AuditEntry> entries = [];
        foreach (var file in files)
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(file), out var number)) _files = Math.Max(_files, number);
            foreach (var line in File.ReadLines(file))
            {
                if (Parse(line) is { } entry) entries.Add(entry);
            }
        }

        return (entries, files);
    }

    public static void Forget(IReadOnlyList<string> files)
    {
        foreach (var file in files) File.Delete(file);
    }

    /// <summary>Writes it down. Null when it could not be: it is then in memory alone.</summary>
    public AuditJournalFile? Add(AuditEntry entry)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(entry, StoreJson.Default.AuditEntry);
        lock (_lock)
        {
            try
            {
                if (_current is null || _current.Length >= MostBytes) Next();
                _current!.Add(line);
                return _current;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Tell(failure.Message);
                return null;
            }
        }
    }

    /// <summary>These are in the database, or given up.</summary>
    public void Settle(IEnumerable<AuditJournalFile?> entries)
    {
        lock (_lock)
        {
            foreach (var file in entries.OfType<AuditJournalFile>().GroupBy(x => x))
            {
                try
                {
                    file.Key.Settle(file.Count());
                }
                catch (IOException failure)
                {
                    Tell(failure.Message);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _current?.Close();
            _current = null;
        }
    }

    private static AuditEntry? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize(line, StoreJson.Default.AuditEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Next()
    {
        Directory.CreateDirectory(_folder);
        AuditJournalFile next = new(Path.Combine(_folder, $"{_files + 1:D12}.jsonl"));
        _files++;
        _current?.Leave();
        _current = next;
    }

    private void Tell(string why)
    {
        var now = time.GetTimestamp();
        if (_toldAt is { } told && time.GetElapsedTime(told, now) < TellEvery) return;
        _toldAt = now;
        LogNotWritten(log, why);
    }

    [LoggerMessage(1301, LogLevel.Error, "Entries of the audit log cannot be written down on their way to the database ({Why}): a server that is killed now would lose those that wait.")]
    private static partial void LogNotWritten(ILogger log, string why);
}

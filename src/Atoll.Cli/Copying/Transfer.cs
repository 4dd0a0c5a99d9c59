using Atoll.Cli.Output;
using Atoll.Client.Checkpoints;

namespace Atoll.Cli.Copying;

/// <summary>How far a copy has come. Threads: counted by one, shown by another.</summary>
internal sealed class Transfer(TimeProvider time)
{
    private const int BarWidth = 24;

    private readonly long _started = time.GetTimestamp();
    private long _bytes;
    private long _files;

    /// <summary>How many bytes there are to copy; null when that is not known.</summary>
    public long? Total { get; set; }

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Files => Interlocked.Read(ref _files);

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    public void Count(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void CountFile() => Interlocked.Increment(ref _files);

    /// <summary>Where another has counted.</summary>
    public void Follow(TransferInfo now)
    {
        Interlocked.Exchange(ref _bytes, now.DoneBytes);
        Total = now.TotalBytes;
    }

    public string Describe()
    {
        var (bytes, rate) = (Bytes, Bytes / Math.Max(Elapsed.TotalSeconds, 0.001));
        if (Total is not > 0) return $"{Show.Bytes(bytes)}  {Show.Bytes(rate)}/s";
        var part = Math.Clamp((double)bytes / Total.Value, 0, 1);
        var full = (int)(part * BarWidth);
        var left = rate > 0 ? Show.Span(TimeSpan.FromSeconds((Total.Value - bytes) / rate)) : "?";
        return $"[{new string('#', full)}{new string('.', BarWidth - full)}] {(int)(part * 100)}%  {Show.Bytes(bytes)} of {Show.Bytes(Total.Value)}  {Show.Bytes(rate)}/s  {left} left";
    }
}

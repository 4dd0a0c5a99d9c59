namespace Atoll.Bench.Reporting;

/// <summary>Where and how the figures were taken.</summary>
/// <param name="LoadBefore">Of the last minute before the run: figures from a machine with other work say so.</param>
internal sealed record HostDescription(
    string Processor,
    int Cores,
    double MemoryGiB,
    string System,
    string Kernel,
    string Runc,
    string? Runsc,
    string? Bwrap,
    string Commit,
    DateTimeOffset Date,
    string Command,
    double LoadBefore);

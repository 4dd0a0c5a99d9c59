using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// A sandbox's files through its agent. Nothing that comes back is trusted: every entry is checked and bounded, no more bytes are passed on than were promised,
/// and no path is ever used on the host. Cancelling closes the call's connection, which makes the agent give up: a write leaves the old file.
/// </summary>
internal sealed class GuestFiles(GuestCalls calls, StreamSeats seats) : IGuestFiles
{
    private const int MaxDepth = 64;
    private const int MaxMatches = 10_000;
    private const int MaxReplacePaths = 1000;

    public async Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation) =>
        GuestPaths.Check(path) ?? await AskEntryAsync(new Call { Stat = new() { Path = GuestPaths.Encode(path), FollowSymlink = followSymlink } }, cancellation);

    public async Task<Result<IAsyncEnumerable<FileEntry>>> ListAsync(string path, int depth, string? pattern, CancellationToken cancellation)
    {
        if (GuestPaths.Check(path) is { } fault) return fault;
        if (depth is < 1 or > MaxDepth) return GuestPaths.Invalid("depth", $"A depth is 1 to {MaxDepth}.");
        var call = new Call { List = new() { Path = GuestPaths.Encode(path), Depth = (uint)depth, Pattern = pattern ?? "" } };
        return await calls.StreamAsync(call, FaultStage.File, GuestEntries.From, cancellation);
    }

    public async Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation)
    {
        if (GuestPaths.Check(path) is { } invalid) return invalid;
        if (offset < 0 || length < 0) return GuestPaths.Invalid(offset < 0 ? "offset" : "length", "An offset or length is not negative.");
        var request = new Read { Path = GuestPaths.Encode(path), Offset = (ulong)offset };
        if (length is { } wanted) request.Length = (ulong)wanted;
        return await GuestDownload.OpenAsync(calls, request, cancellation);
    }

    public async Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation)
    {
        if ((GuestPaths.Check(path) ?? GuestPaths.CheckMode(options.Mode) ?? GuestPaths.CheckOwner(options.Owner)) is { } fault) return fault;
        var request = new Write { Path = GuestPaths.Encode(path), Parents = options.Parents, Owner = options.Owner?.Value ?? "", Overwrite = options.Overwrite };
        if (options.Mode is { } mode) request.Mode = (uint)mode;
        return await GuestUpload.RunAsync(calls, new Call { Write = request }, content, GuestEntries.From, cancellation);
    }

    public async Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation)
    {
        if ((GuestPaths.Check(path) ?? GuestPaths.CheckMode(mode) ?? GuestPaths.CheckOwner(owner)) is { } fault) return fault;
        var request = new MakeDirectory { Path = GuestPaths.Encode(path), Parents = parents, Owner = owner?.Value ?? "" };
        if (mode is { } bits) request.Mode = (uint)bits;
        return await AskEntryAsync(new Call { MakeDirectory = request }, cancellation);
    }

    public async Task<Result<FileEntry>> MoveAsync(string from, string to, bool overwrite, CancellationToken cancellation) =>
        GuestPaths.Check(from) ?? GuestPaths.Check(to) ?? await AskEntryAsync(
            new Call { Move = new() { From = GuestPaths.Encode(from), To = GuestPaths.Encode(to), Overwrite = overwrite } }, cancellation);

    public async Task<Result<FileEntry>> CopyAsync(string from, string to, bool recursive, bool overwrite, CancellationToken cancellation) =>
        GuestPaths.Check(from) ?? GuestPaths.Check(to) ?? await AskEntryAsync(
            new Call { Copy = new() { From = GuestPaths.Encode(from), To = GuestPaths.Encode(to), Recursive = recursive, Overwrite = overwrite } }, cancellation);

    public async Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation) =>
        GuestPaths.Check(path) ?? await calls.DoAsync(new Call { Remove = new() { Path = GuestPaths.Encode(path), Recursive = recursive } }, FaultStage.File, cancellation);

    public async Task<Result<Done>> ChmodAsync(string path, int mode, bool recursive, CancellationToken cancellation) =>
        GuestPaths.Check(path) ?? GuestPaths.CheckMode(mode) ?? await calls.DoAsync(
            new Call { ChangeMode = new() { Path = GuestPaths.Encode(path), Mode = (uint)mode, Recursive = recursive } }, FaultStage.File, cancellation);

    public async Task<Result<Done>> ChownAsync(string path, FileOwner owner, bool recursive, CancellationToken cancellation) =>
        GuestPaths.Check(path) ?? GuestPaths.CheckOwner(owner) ?? await calls.DoAsync(
            new Call { ChangeOwner = new() { Path = GuestPaths.Encode(path), Owner = owner.Value, Recursive = recursive } }, FaultStage.File, cancellation);

    public async Task<Result<IAsyncEnumerable<FileMatch>>> FindAsync(FileQuery query, CancellationToken cancellation)
    {
        if (GuestPaths.Check(query.Path) is { } fault) return fault;
        if (query.MaxMatches is < 1 or > MaxMatches) return GuestPaths.Invalid("maxMatches", $"The number of matches is 1 to {MaxMatches}.");
        var request = new Find
        {
            Path = GuestPaths.Encode(query.Path),
            NamePattern = query.NamePattern ?? "",
            Text = query.Text ?? "",
            Regex = query.Regex,
            IgnoreCase = query.IgnoreCase,
            MaxMatches = (uint)query.MaxMatches,
        };
        var found = await calls.StreamAsync(new Call { Find = request }, FaultStage.File, GuestEntries.MatchFrom, cancellation);
        return found.Map(matches => matches.Take(query.MaxMatches));
    }

    public async Task<Result<IReadOnlyList<FileReplacement>>> ReplaceAsync(FileReplaceRequest request, CancellationToken cancellation)
    {
        if (request.Paths.Length is < 1 or > MaxReplacePaths) return GuestPaths.Invalid("paths", $"The number of files is 1 to {MaxReplacePaths}.");
        foreach (var path in request.Paths)
        {
            if (GuestPaths.Check(path) is { } fault) return fault;
        }

        var replace = new Replace { Search = request.Search, Replacement = request.Replacement, Regex = request.Regex };
        replace.Paths.AddRange(request.Paths.Select(GuestPaths.Encode));
        return await calls.CollectAsync(new Call { Replace = replace }, FaultStage.File, request.Paths.Length, GuestEntries.ReplacementFrom, cancellation);
    }

    public async Task<Result<IAsyncEnumerable<FileChange>>> WatchAsync(string path, bool recursive, CancellationToken cancellation)
    {
        if (GuestPaths.Check(path) is { } fault) return fault;
        if (!seats.TryTake(out var seat, out fault)) return fault;
        var call = new Call { Watch = new() { Path = GuestPaths.Encode(path), Recursive = recursive } };
        return (await WatchedFiles.OpenAsync(calls, call, seat, cancellation)).Map(watched => watched.EnumerateAsync(cancellation));
    }

    public async Task<Result<Stream>> ArchiveAsync(string path, CancellationToken cancellation)
    {
        if (GuestPaths.Check(path) is { } invalid) return invalid;
        var call = new Call { Archive = new() { Path = GuestPaths.Encode(path) } };
        if (!(await calls.OpenAsync(call, cancellation)).TryGet(out var connection, out var fault)) return fault;
        var content = new GuestContentStream(connection, reopen: null);
        try
        {
            if (await content.BeginAsync(cancellation) is { } refused) return refused;
            Stream result = content;
            content = null;
            return result;
        }
        finally
        {
            if (content is not null) await content.DisposeAsync();
        }
    }

    public async Task<Result<long>> ExtractAsync(string path, Stream tar, FileOwner? owner, CancellationToken cancellation)
    {
        if ((GuestPaths.Check(path) ?? GuestPaths.CheckOwner(owner)) is { } fault) return fault;
        var call = new Call { Extract = new() { Path = GuestPaths.Encode(path), Owner = owner?.Value ?? "" } };
        var answer = await GuestUpload.RunAsync(
            calls, call, tar, output => output.KindCase == Output.KindOneofCase.Count && output.Count <= long.MaxValue ? output : null, cancellation);
        return answer.Map(output => (long)output.Count);
    }

    private Task<Result<FileEntry>> AskEntryAsync(Call call, CancellationToken cancellation) =>
        calls.AskAsync(call, FaultStage.File, GuestEntries.From, cancellation);
}

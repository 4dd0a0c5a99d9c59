using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// One read of a file. When its connection breaks it goes on where it was, if the file is still the same by its size, time of change and of content; a file that has changed is no file to
/// go on with: half of each would be neither.
/// </summary>
internal sealed class GuestDownload
{
    private readonly GuestCalls _calls;
    private readonly Call _call;
    private readonly ulong _offset;
    private readonly Retries _retries = new();
    private Entry? _first;
    private ulong _length;

    private GuestDownload(GuestCalls calls, Read request)
    {
        _calls = calls;
        _call = new Call { Read = request };
        _offset = request.Offset;
    }

    public static async Task<Result<FileContent>> OpenAsync(GuestCalls calls, Read request, CancellationToken cancellation)
    {
        var download = new GuestDownload(calls, request);
        if (!(await download.ConnectAsync(cancellation)).TryGet(out var opened, out var fault)) return fault;
        var content = new GuestContentStream(opened.Connection, download.GoOnAsync);
        try
        {
            if (GuestEntries.From(opened.Entry) is not { } entry || (request.HasLength && opened.Entry.Length > request.Length) || opened.Entry.Length > long.MaxValue) return GuestFaults.Unexpected(FaultStage.File);
            (download._first, download._length) = (opened.Entry, opened.Entry.Length);
            content.Promise((long)opened.Entry.Length);
            var result = new FileContent(entry, (long)opened.Entry.Length, content);
            content = null;
            return result;
        }
        finally
        {
            if (content is not null) await content.DisposeAsync();
        }
    }

    private async Task<Result<AgentConnection>> GoOnAsync(long read, CancellationToken cancellation)
    {
        (_call.Read.Offset, _call.Read.Length) = (_offset + (ulong)read, _length - (ulong)read);
        if (!await _calls.MendAsync(_call, _retries, cancellation)) return GuestFaults.Broken(FaultStage.File);
        if (!(await ConnectAsync(cancellation)).TryGet(out var opened, out var fault)) return fault;
        _retries.Answered();
        if (IsFirst(opened.Entry) && opened.Entry.Length == _call.Read.Length) return opened.Connection;
        await opened.Connection.DisposeAsync();
        return GuestFaults.Interrupted("The connection into the sandbox broke while the file was read, and the file has changed since.", "Read it again.");
    }

    private async Task<Result<(AgentConnection Connection, Entry Entry)>> ConnectAsync(CancellationToken cancellation)
    {
        do
        {
            if (!(await _calls.OpenAsync(_call, _retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            var heard = await HearFirstAsync(connection, cancellation);
            if (heard.Output?.KindCase == Output.KindOneofCase.Entry) return (connection, heard.Output.Entry);
            await connection.DisposeAsync();
            if (!heard.Broken) return heard.Fault ?? GuestFaults.Unexpected(FaultStage.File);
        }
        while (await _calls.MendAsync(_call, _retries, cancellation));
        return GuestFaults.Broken(FaultStage.File);
    }

    private static async Task<Heard> HearFirstAsync(AgentConnection connection, CancellationToken cancellation)
    {
        try
        {
            return await GuestCalls.HearAsync(connection, FaultStage.File, cancellation);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The time of change moves with everything that is done to a file, also when another takes its name.</summary>
    private bool IsFirst(Entry entry) =>
        _first is { } first && (entry.Size, entry.ModifiedUnixNanoseconds, entry.ChangedUnixNanoseconds) == (first.Size, first.ModifiedUnixNanoseconds, first.ChangedUnixNanoseconds);
}

using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// How many exports, imports and archives are under way at one time; more wait. Teams come in turn, however many each has waiting, and where there is more than one place no team has all of them:
/// who asks for one export waits for another's export to end, not for all of another's. Threads: any member at any time.
/// </summary>
internal sealed class TransferTurns(IOptions<ExportOptions> options)
{
    private readonly Lock _lock = new();

    /// <summary>Teams that have something under way or waiting; the one that was served longest ago is the first.</summary>
    private readonly LinkedList<Line> _teams = [];
    private int _free = options.Value.AtOnce;

    private int MostOfOne => Math.Max(1, options.Value.AtOnce - 1);

    /// <summary>What reading or storing throws becomes its fault.</summary>
    public async Task<Result<T>> TakeAsync<T>(TeamId team, Func<Task<Result<T>>> work, CancellationToken cancellation)
    {
        var line = await EnterAsync(team, cancellation);
        try
        {
            return await work();
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
        finally
        {
            Leave(line);
        }
    }

    private async Task<LinkedListNode<Line>> EnterAsync(TeamId team, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<Line> line;
        lock (_lock)
        {
            line = Find(team);
            line.Value.Waiting.AddLast(turn);
            Admit();
        }

        await using var registration = cancellation.Register(() => GiveUp(line, turn, cancellation));
        await turn.Task;
        return line;
    }

    /// <summary>Who goes away leaves nothing in the queue. A turn that was given in the same moment is kept, and its work finds itself cancelled.</summary>
    private void GiveUp(LinkedListNode<Line> line, TaskCompletionSource turn, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!line.Value.Waiting.Remove(turn)) return;
            turn.SetCanceled(cancellation);
            Settle(line);
        }
    }

    private void Leave(LinkedListNode<Line> line)
    {
        lock (_lock)
        {
            _free++;
            line.Value.Held--;
            Settle(line);
            Admit();
        }
    }

    private LinkedListNode<Line> Find(TeamId team)
    {
        for (var node = _teams.First; node is not null; node = node.Next)
        {
            if (node.Value.Team == team) return node;
        }

        return _teams.AddLast(new Line(team));
    }

    /// <summary>Under the lock: the team is now behind all others, or forgotten where it wants nothing.</summary>
    private void Settle(LinkedListNode<Line> line)
    {
        _teams.Remove(line);
        if (line.Value.Held > 0 || line.Value.Waiting.Count > 0) _teams.AddLast(line);
    }

    /// <summary>Under the lock: gives what is free to the first team that waits and may have more, which then is the last.</summary>
    private void Admit()
    {
        while (_free > 0 && Next() is { } line)
        {
            var turn = line.Value.Waiting.First!.Value;
            line.Value.Waiting.RemoveFirst();
            line.Value.Held++;
            _free--;
            Settle(line);
            turn.SetResult();
        }
    }

    private LinkedListNode<Line>? Next()
    {
        for (var node = _teams.First; node is not null; node = node.Next)
        {
            if (node.Value.Waiting.Count > 0 && node.Value.Held < MostOfOne) return node;
        }

        return null;
    }

    private sealed class Line(TeamId team)
    {
        public TeamId Team => team;

        public LinkedList<TaskCompletionSource> Waiting { get; } = [];

        public int Held { get; set; }
    }
}

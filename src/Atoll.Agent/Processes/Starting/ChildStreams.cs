using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Starting;

/// <summary>
/// The two sides of a new process's standard streams: ours (<see cref="Input"/>, <see cref="Outputs"/>) go to whoever takes them, the child's are closed by <see cref="Dispose"/>
/// once it has its own copies. Until <see cref="Keep"/> was called, ours are closed as well.
/// </summary>
internal sealed class ChildStreams : IDisposable
{
    /// <summary>Ours at descriptor 0: the sandbox's null device.</summary>
    private const int NullDevice = 0;

    /// <summary>So that a fast writer and we need not take turns for every 64 KiB.</summary>
    private const int PipeBytes = 256 * 1024;

    private readonly List<int> _child = [];
    private readonly List<int> _own = [];
    private bool _kept;

    private ChildStreams()
    {
    }

    /// <summary>-1 for a process that is given no input.</summary>
    public int Input { get; private set; } = -1;

    public List<(int Descriptor, OutputStream Stream)> Outputs { get; } = [];

    public int ChildStdin { get; private set; } = NullDevice;

    public int ChildStdout { get; private set; }

    public int ChildStderr { get; private set; }

    public bool IsTerminal { get; private init; }

    /// <summary>Null when there are no more descriptors or terminals.</summary>
    public static ChildStreams? TryOpen(ProcessSpec spec, uint uid, uint gid)
    {
        var streams = new ChildStreams { IsTerminal = spec.Terminal is not null };
        if (spec.Terminal is { } size ? streams.TryTerminal(size, uid, gid) : streams.TryPipes(HasInput(spec), spec.MergeOutput)) return streams;
        streams.Dispose();
        return null;
    }

    public void Keep() => _kept = true;

    public void Dispose()
    {
        foreach (var descriptor in _child) _ = Descriptors.Close(descriptor);
        _child.Clear();
        if (_kept) return;
        foreach (var descriptor in _own) _ = Descriptors.Close(descriptor);
        _own.Clear();
    }

    /// <summary>
    /// Without it stdin is the null device, as other runtimes have it: a pipe costs five system calls, and programs that take one for their input when they are told of no file
    /// (ripgrep) would find nothing in it.
    /// </summary>
    private static bool HasInput(ProcessSpec spec) => !spec.Stdin.IsEmpty || spec.KeepStdinOpen;

    private bool TryPipes(bool input, bool merged)
    {
        if (input && !TryInput()) return false;
        if (!TryOutput(OutputStream.Stdout, out var stdout)) return false;
        (ChildStdout, ChildStderr) = (stdout, stdout);
        if (merged) return true;
        if (!TryOutput(OutputStream.Stderr, out var stderr)) return false;
        ChildStderr = stderr;
        return true;
    }

    private bool TryInput()
    {
        if (!Descriptors.TryPipe(out var readEnd, out var writeEnd)) return false;
        _child.Add(readEnd);
        _own.Add(writeEnd);
        (ChildStdin, Input) = (readEnd, writeEnd);
        Descriptors.SetNonBlocking(writeEnd);
        return true;
    }

    private bool TryOutput(OutputStream stream, out int writeEnd)
    {
        if (!Descriptors.TryPipe(out var readEnd, out writeEnd)) return false;
        _own.Add(readEnd);
        _child.Add(writeEnd);
        Outputs.Add((readEnd, stream));
        if (stream == OutputStream.Stdout) Descriptors.GrowPipe(readEnd, PipeBytes);
        return true;
    }

    private bool TryTerminal(TerminalSize size, uint uid, uint gid)
    {
        const int Flags = Descriptors.ReadWrite | Descriptors.NoTerminal | Descriptors.CloseOnExec | Descriptors.NonBlocking;
        var master = Descriptors.Open("/dev/ptmx", Flags);
        if (master < 0) return false;
        _own.Add(master);
        var number = Descriptors.Unlock(master);
        if (number < 0) return false;
        Descriptors.Resize(master, (int)size.Columns, (int)size.Rows);

        // Opened without waiting and then blocking again for the child: what lies at that path is the sandbox's doing.
        var slave = Descriptors.Open($"/dev/pts/{number}", Flags);
        if (slave < 0) return false;
        _child.Add(slave);
        if (Descriptors.IsTerminal(slave) != 1) return false;
        Descriptors.SetBlocking(slave);
        _ = Descriptors.ChangeOwner(slave, uid, gid);

        // Input has a descriptor of its own: it may close while output is still read.
        var input = Descriptors.Copy(master);
        if (input < 0) return false;
        _own.Add(input);
        (Input, ChildStdin, ChildStdout, ChildStderr) = (input, slave, slave, slave);
        Outputs.Add((master, OutputStream.Terminal));
        return true;
    }
}

using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Google.Protobuf;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>Processes in Core's words and on the wire.</summary>
internal static class ProcessWire
{
    /// <summary>What an agent that is not trusted may say about a time: the year 1 to 9999.</summary>
    private const long MaxUnixMilliseconds = 253_402_300_799_999;

    /// <param name="variables">Of the environment, where the process has none of that name.</param>
    public static Wire.ProcessSpec From(ProcessSpec spec, ImmutableDictionary<string, string> variables)
    {
        var wire = new Wire.ProcessSpec
        {
            ShellCommand = spec.ShellCommand ?? "",
            User = spec.User,
            WorkingDirectory = ByteString.CopyFromUtf8(spec.WorkingDirectory),
            Stdin = UnsafeByteOperations.UnsafeWrap(spec.Stdin),
            KeepStdinOpen = spec.KeepStdinOpen,
            MergeOutput = spec.MergeOutput,
            TimeoutMilliseconds = spec.Timeout is { } timeout ? (ulong)Math.Max(1, timeout.TotalMilliseconds) : 0,
            BacklogBytes = (uint)spec.BacklogBytes,
            Paced = spec.Paced,
            Tag = spec.Tag ?? "",
            Unlisted = spec.Unlisted,
        };
        if (spec.Terminal is { } size) wire.Terminal = From(size);
        wire.Argv.AddRange(spec.Argv.Select(ByteString.CopyFromUtf8));
        wire.Env.Add(variables);
        foreach (var (name, value) in spec.Env) wire.Env[name] = value;
        return wire;
    }

    public static Wire.TerminalSize From(TerminalSize size) => new() { Columns = (uint)Math.Max(0, size.Columns), Rows = (uint)Math.Max(0, size.Rows) };

    public static Wire.ProcessRef From(ProcessRef process) => new() { Pid = process.Pid, Tag = process.Tag ?? "" };

    public static ProcessInfo ToInfo(Wire.ProcessInfo wire) => new(
        wire.Pid,
        wire.Tag.Length == 0 ? null : wire.Tag,
        [.. wire.Argv.Select(Text)],
        wire.User,
        Text(wire.WorkingDirectory),
        wire.Terminal,
        ToTime(wire.StartedUnixMilliseconds),
        wire.Status is null ? null : ToTime(wire.EndedUnixMilliseconds),
        wire.Status is null ? null : ToStatus(wire.Status),
        (long)wire.OutputStart,
        (long)wire.OutputEnd,
        (long)wire.StdinOffset);

    public static ExitStatus ToStatus(Wire.ExitStatus wire) => new(wire.Code, wire.Signal == 0 ? null : wire.Signal, wire.TimedOut);

    /// <summary>An element of a Follow; null for what belongs to none.</summary>
    public static ProcessEvent? ToEvent(Wire.Output output) => output.KindCase switch
    {
        Wire.Output.KindOneofCase.Chunk => new OutputChunk(ToStream(output.Chunk.Stream), (long)output.Chunk.Offset, output.Chunk.Bytes.Memory),
        Wire.Output.KindOneofCase.Dropped => new OutputDropped((long)output.Dropped.From, (long)output.Dropped.To),
        Wire.Output.KindOneofCase.Exited => new ProcessExited(ToStatus(output.Exited)),
        _ => null,
    };

    /// <summary>What cannot be sent as it is, or null.</summary>
    public static Fault? Check(ProcessSpec spec)
    {
        var fields = ImmutableDictionary.CreateBuilder<string, string>();
        if (spec.ShellCommand is null == spec.Argv.IsDefaultOrEmpty) fields["command"] = "Give either a command or argv.";
        if (spec.BacklogBytes is < 4 * 1024 or > 16 * 1024 * 1024) fields["backlogBytes"] = "4 KiB to 16 MiB.";
        if (spec.Timeout is { } timeout && timeout <= TimeSpan.Zero) fields["timeoutSeconds"] = "More than 0.";
        return fields.Count == 0 ? null : new Fault(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, "The process is not described well.") { Fields = fields.ToImmutable() };
    }

    private static OutputStream ToStream(Wire.OutputStream stream) => stream switch
    {
        Wire.OutputStream.Stderr => OutputStream.Stderr,
        Wire.OutputStream.Terminal => OutputStream.Terminal,
        _ => OutputStream.Stdout,
    };

    private static string Text(ByteString bytes) => Encoding.UTF8.GetString(bytes.Span);

    internal static DateTimeOffset ToTime(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMilliseconds, 0, MaxUnixMilliseconds));
}

using System.Collections.Immutable;
using System.Globalization;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Launching;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// Everything on the host's disk that belongs to one running sandbox: <c>RuntimeDirectory/runtime/id</c>. The runtime's own state root is inside it, one per sandbox:
/// so its removal needs no knowledge of the runtime's files, and one sandbox's trouble cannot touch another's.
/// </summary>
internal sealed record RunDirectory(string Path)
{
    public const string Runsc = "runsc";

    /// <summary>Every engine's <see cref="IOciEngine.Name"/>, and our own launcher's.</summary>
    public static readonly ImmutableArray<string> Runtimes = [Runsc, "runc", LaunchRecords.Name];

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>For a runtime, the folder that holds those of all its sandboxes.</summary>
    public static string ParentOf(MachineOptions machine, string runtime) => System.IO.Path.Combine(machine.RuntimeDirectory, runtime);

    public static RunDirectory Of(MachineOptions machine, string runtime, SandboxId id) => new(System.IO.Path.Combine(ParentOf(machine, runtime), id.Value));

    public string Bundle => System.IO.Path.Combine(Path, "bundle");

    public string State => System.IO.Path.Combine(Path, "state");

    public string PidFile => System.IO.Path.Combine(Path, "pid");

    public string Log => System.IO.Path.Combine(Path, "log");

    /// <summary>What its own processes say when they end of a fault of theirs.</summary>
    public string LastWords => System.IO.Path.Combine(Path, "last-words");

    /// <summary>What the runtime says when it saves memory.</summary>
    public string MemoryLog => System.IO.Path.Combine(Path, "memory.log");

    /// <summary>There while the sandbox may stand still at our word.</summary>
    public string Held => System.IO.Path.Combine(Path, "held");

    public bool Exists => Directory.Exists(Path);

    /// <summary>Readable by root alone: other users of the host have no business in it (CVE-2024-25621).</summary>
    public void Create()
    {
        var parent = System.IO.Path.GetDirectoryName(Path)!;
        Directory.CreateDirectory(parent, OwnerOnly);
        File.SetUnixFileMode(parent, OwnerOnly);
        foreach (var folder in new[] { Path, Bundle, State }) Directory.CreateDirectory(folder, OwnerOnly);
    }

    public void Delete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed before: that is what was wanted.
        }
    }

    /// <summary>The pid that the runtime wrote down, or null when it has not come so far.</summary>
    public int? ReadPid()
    {
        try
        {
            return int.TryParse(File.ReadAllText(PidFile).AsSpan().Trim(), CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid : null;
        }
        catch (IOException)
        {
            // Not written yet, or the sandbox is being removed.
            return null;
        }
    }
}

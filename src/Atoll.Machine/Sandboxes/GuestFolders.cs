using System.Collections.Immutable;
using System.Security.Cryptography;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// The folder that a sandbox sees read-only as <c>/.atoll</c>: the agent's binary, what stands in for sudo, and the boot message.
/// <para>Each binary is one file for all sandboxes (hard links to it, so that it is in memory once), apart from the build's output, named by its digest: a new build
/// never changes the program under a living sandbox. Nobody inside can write it: the mount is read-only.</para>
/// <para>The boot message holds the agent's token. It is emptied as soon as the agent has answered, so that nothing inside can read it later.</para>
/// </summary>
internal sealed class GuestFolders(IOptions<MachineOptions> options)
{
    public const string AgentName = "agent";
    public const string SudoName = "sudo";
    public const string BootName = "boot";
    private readonly string _guests = Path.Combine(options.Value.RuntimeDirectory, "guests");
    private readonly Lock _installing = new();
    private string? _agent;
    private string? _sudo;

    /// <summary>Makes the folder and returns its path.</summary>
    /// <exception cref="IOException">A binary is missing, or the run-time directory is full.</exception>
    public string Create(SandboxId id, ReadOnlySpan<byte> boot) => Create(id, Agent(), boot);

    /// <summary>The same for a sandbox whose agent runs already, in a memory that is restored: it must find the very program that it was, which may be an older one.</summary>
    /// <param name="program">A copy of it.</param>
    /// <param name="digest">Its SHA-256 in lower-case hex.</param>
    /// <exception cref="IOException">The run-time directory is full, or the program is another.</exception>
    public string Create(SandboxId id, string program, string digest)
    {
        var path = Path.Combine(HostFolders.MakePrivate(Path.Combine(options.Value.RuntimeDirectory, "agents")), digest);
        lock (_installing)
        {
            if (!File.Exists(path))
            {
                // Others are given it by that name.
                using var source = File.OpenRead(program);
                if (Convert.ToHexStringLower(SHA256.HashData(source)) != digest) throw new IOException($"{program} is not the program that its name says.");
                source.Position = 0;
                Copy(source, path);
            }
        }

        return Create(id, path, []);
    }

    /// <summary>The program that is this sandbox's agent.</summary>
    public string AgentOf(SandboxId id) => Path.Combine(PathOf(id), AgentName);

    /// <summary>Takes the token out of the sandbox's sight.</summary>
    public void EmptyBoot(SandboxId id)
    {
        using var file = new FileStream(Path.Combine(PathOf(id), BootName), FileMode.Open, FileAccess.Write);
        file.SetLength(0);
    }

    /// <summary>What processes of this sandbox have in their environment unless they are given something else by that name.</summary>
    public ImmutableDictionary<string, string> VariablesOf(SandboxId id) => GuestTrust.VariablesOf(PathOf(id));

    public void Delete(SandboxId id)
    {
        if (Directory.Exists(PathOf(id))) Directory.Delete(PathOf(id), recursive: true);
    }

    public IReadOnlyList<SandboxId> List() => !Directory.Exists(_guests)
        ? []
        : [.. Directory.EnumerateDirectories(_guests).Select(folder => SandboxId.TryParse(Path.GetFileName(folder), out var id) ? id : default).Where(id => id != default)];

    private string Create(SandboxId id, string agent, ReadOnlySpan<byte> boot)
    {
        HostFolders.MakePrivate(_guests);
        var folder = PathOf(id);
        Directory.CreateDirectory(folder);
        Links.Hard(agent, Path.Combine(folder, AgentName));
        Links.Hard(Sudo(), Path.Combine(folder, SudoName));
        WriteBoot(folder, boot);
        return folder;
    }

    // One at a time: the first creates after a start often come together. What fails is tried again by the next.
    private string Agent()
    {
        lock (_installing) return _agent ??= Install(options.Value.AgentPath);
    }

    private string Sudo()
    {
        lock (_installing) return _sudo ??= Install(options.Value.SudoPath);
    }

    private static void WriteBoot(string folder, ReadOnlySpan<byte> boot)
    {
        using var file = new FileStream(Path.Combine(folder, BootName), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(boot);
    }

    private string Install(string program)
    {
        using var source = File.OpenRead(program);
        var digest = Convert.ToHexStringLower(SHA256.HashData(source));
        var folder = HostFolders.MakePrivate(Path.Combine(options.Value.RuntimeDirectory, "agents"));
        var path = Path.Combine(folder, digest);
        if (File.Exists(path)) return path;

        source.Position = 0;
        Copy(source, path);
        return path;
    }

    private static void Copy(FileStream source, string path)
    {
        using (var copy = new FileStream(path + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
        }))
        {
            source.CopyTo(copy);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private string PathOf(SandboxId id) => Path.Combine(_guests, id.Value);
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Guests.Processes;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Guests.Linking;
using Atoll.Testing;
using Google.Protobuf;

namespace Atoll.Agent.Tests.Real;

/// <summary>
/// The published agent as process 1 of a PID and mount namespace of its own, in a root filesystem with nothing but busybox. It keeps the host's network, so that tests reach it on loopback.
/// Made once for a test class: it shares the sandbox among its tests.
/// </summary>
public sealed class AgentBox : IAsyncLifetime
{
    // Mounts vanish with the namespace. busybox's own applets do the rest.
    private const string Setup = """
        set -e
        mount -t tmpfs -o size=400m tmpfs "$1"
        mkdir -p "$1"/bin "$1"/etc "$1"/proc "$1"/dev "$1"/tmp "$1"/.atoll "$1"/home/user
        cp /bin/busybox "$1"/bin/busybox
        for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$1/bin/$applet"; done
        printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n' > "$1"/etc/passwd
        printf 'root:x:0:\nuser:x:1000:\nextra:x:4242:user\n' > "$1"/etc/group
        chown 1000:1000 "$1"/home/user; chmod 1777 "$1"/tmp
        cp "$2"/agent "$2"/boot "$1"/.atoll/
        mount -t proc proc "$1"/proc
        mount -t tmpfs tmpfs "$1"/dev
        mkdir "$1"/dev/pts
        mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$1"/dev/pts
        ln -s pts/ptmx "$1"/dev/ptmx
        mknod -m 666 "$1"/dev/null c 1 3; mknod -m 666 "$1"/dev/zero c 1 5; mknod -m 666 "$1"/dev/tty c 5 0
        exec /usr/sbin/chroot "$1" /.atoll/agent
        """;

    private readonly Scratch _scratch = new();
    private readonly byte[] _token = RandomNumberGenerator.GetBytes(32);
    private Process? _process;

    internal AgentClient Client { get; private set; } = null!;

    internal AgentClient WrongClient { get; private set; } = null!;

    internal IPEndPoint Endpoint { get; private set; } = null!;

    internal AgentGuest Guest { get; private set; } = null!;

    internal IGuestProcesses Processes => Guest.Processes;

    /// <summary>The agent waits so long until it gives unused memory back; zero for what it is shipped with.</summary>
    internal TimeSpan IdleTrim { get; init; }

    /// <summary>The agent's process, as the host sees it.</summary>
    internal int ProcessId => int.Parse(File.ReadAllText($"/proc/{_process!.Id}/task/{_process.Id}/children").Trim(), CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Requires.Tool("busybox");
        Requires.Tool("unshare");
        Endpoint = new IPEndPoint(IPAddress.Loopback, FreePort.Find());
        Client = new AgentClient(Endpoint, _token, TimeProvider.System);
        WrongClient = new AgentClient(Endpoint, new byte[32], TimeProvider.System);
        Guest = At(Client);
        File.Copy(AgentBinary.Path, _scratch.PathOf("agent"));
        var boot = new Protocol.Wire.Boot { Token = ByteString.CopyFrom(_token), Port = (uint)Endpoint.Port, Hostname = "box", IdleTrimMs = (uint)IdleTrim.TotalMilliseconds };
        await File.WriteAllBytesAsync(_scratch.PathOf("boot"), boot.ToByteArray());
        var root = Directory.CreateDirectory(_scratch.PathOf("root")).FullName;
        _process = Process.Start(new ProcessStartInfo("unshare", ["--fork", "--pid", "--mount", "--uts", "--ipc", "--kill-child", "sh", "-c", Setup, "sh", root, _scratch.Folder]) { RedirectStandardError = true })!;
        var hello = await new GuestConnector(TimeProvider.System).WaitForHelloAsync(Client, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        if (hello.Succeeded) return;
        _process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"{hello.Fault} stderr: {await _process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>The way to the sandbox by another address, of somebody who stands between.</summary>
    internal AgentClient ClientAt(IPEndPoint address) => new(address, _token, TimeProvider.System);

    internal static AgentGuest At(AgentClient client) => At(new GuestLink(client, TimeSpan.FromSeconds(60), TimeProvider.System));

    internal static AgentGuest At(GuestLink link)
    {
        var (calls, seats) = (new GuestCalls(link), new StreamSeats(256));
        return new AgentGuest(link, calls, new GuestFiles(calls, seats), seats, null!, System.Collections.Immutable.ImmutableDictionary<string, string>.Empty, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _scratch.Dispose();
    }

    internal static ProcessSpec Shell(string command) => new() { ShellCommand = command, User = "root", WorkingDirectory = "/" };

    internal static ProcessSpec Run(params string[] argv) => new() { Argv = [.. argv], User = "root", WorkingDirectory = "/" };
}

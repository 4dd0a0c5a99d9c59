using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;

namespace Atoll.Hostile.Tests.Escape;

/// <summary>Attacks 1 to 23: what a program asks of the kernel, or looks for, to get out. All as the user and as root inside.</summary>
public abstract class EscapeTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    /// <summary>What root inside may have at most: <c>Wall.Capabilities</c> as bits.</summary>
    private const ulong Allowed = 0x405FB;

    private static readonly string[] None = [];

    private string Marker => Path.Combine(Path.GetDirectoryName(Server.Real.StateDirectory)!, "marker");

    [Fact]
    public Task Attack01_UnshareNamespaces_IsRefused() => ShouldBeRefusedAsync("unshare");

    /// <summary>gVisor's kernel makes user and mount namespaces of its own by clone3; what they would be good for is refused in them.</summary>
    [Fact]
    public Task Attack02_Clone3NewUser_GivesNoPower() => ShouldBeRefusedAsync("clone3", OwnKernel ? ["clone3-user", "clone3-mount"] : None);

    [Fact]
    public Task Attack03_MountAnything_IsRefused() => ShouldBeRefusedAsync("mount");

    [Fact]
    public Task Attack04_FsopenAndFsconfigOverflow_IsRefused() => ShouldBeRefusedAsync("fsopen");

    [Fact]
    public Task Attack05_MknodBlockDevice_IsRefused() => ShouldBeRefusedAsync("mknod", null, [.. Directory.GetDirectories("/sys/block").Select(disk => File.ReadAllText(Path.Combine(disk, "dev")).Trim()).Take(8)]);

    /// <summary>gVisor's own /dev has a FUSE and a tunnel device, which speak to its own kernel.</summary>
    [Fact]
    public Task Attack06_OpenDevices_IsRefused() => ShouldBeRefusedAsync("devices", OwnKernel ? ["open:fuse", "open:net/tun", "node:/dev/fuse", "node:/dev/net/tun"] : None);

    /// <summary>gVisor keeps scores that nobody uses (the host's is the sentry's, attack 45), and forwards in its own network stack, with one interface.</summary>
    [Fact]
    public Task Attack07_WriteSysrqAndCorePattern_IsRefused() => ShouldBeRefusedAsync("proc-write", OwnKernel ? ["/proc/self/oom_score_adj", "/proc/1/oom_score_adj", "/proc/sys/net/ipv4/ip_forward"] : None);

    [Fact]
    public Task Attack08_CgroupReleaseAgent_IsRefused() => ShouldBeRefusedAsync("cgroup-write");

    /// <summary>No cgroup file system is in a sandbox: what there is to write to, the attack lists.</summary>
    [Fact]
    public Task Attack09_WriteDevicesAllow_IsRefused() => BesideNeighbourAsync(async () =>
    {
        foreach (var user in (string[])[User, Root])
        {
            Assert.DoesNotContain(await AttackAsync(Sandbox, user, "cgroup-write"), verdict => !verdict.Refused);
            var found = await ShellAsync("find / -xdev -name devices.allow 2>/dev/null; find /sys -name devices.allow 2>/dev/null; cat /proc/mounts | grep -c ' cgroup' ; true", user);
            Assert.Equal("0", found.Trim());
        }
    });

    [Fact]
    public async Task Attack10_OverwriteTheAgent_IsRefused()
    {
        // gVisor lets a running program's file be written; this one is the attacker's own.
        string[] own = OwnKernel ? ["self-exe-write"] : [];
        await ShouldBeRefusedAsync("agent-program", own);

        // CVE-2019-5736: make the agent start itself, and write to what then runs.
        await BesideNeighbourAsync(async () =>
        {
            foreach (var user in (string[])[User, Root])
            {
                var hunts = Enumerable.Range(0, 2).Select(_ => AttackAsync(Sandbox, user, "for", "1000", "agent-program")).ToList();
                for (var i = 0; i < 10; i++)
                    await Api.PostAsync($"/v1/sandboxes/{Sandbox}/exec", new JsonObject { ["argv"] = new JsonArray(i % 2 == 0 ? "/proc/self/exe" : "/proc/1/exe"), ["user"] = user, ["timeoutSeconds"] = 2 }, Cancellation);
                foreach (var verdicts in await Task.WhenAll(hunts)) Assert.DoesNotContain(verdicts, verdict => !verdict.Refused && !own.Contains(verdict.Name));
            }
        });
    }

    [Fact]
    public async Task Attack11_WorkingDirectoryInADescriptor_LeadsNowhere()
    {
        var secret = await PlantAsync();
        await ShouldBeRefusedAsync("descriptor-walk", null, Marker[1..]);
        await BesideNeighbourAsync(async () =>
        {
            for (var n = 0; n < 12; n++)
            {
                foreach (var process in (string[])["self", "1"])
                {
                    var body = new JsonObject { ["command"] = $"cat ../../../../../../../../..{Marker}", ["cwd"] = $"/proc/{process}/fd/{n.ToString(CultureInfo.InvariantCulture)}", ["user"] = Root };
                    var answer = await Api.PostAsync($"/v1/sandboxes/{Sandbox}/exec", body, Cancellation);
                    Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
                    Assert.True(answer.Code is "working_directory_invalid" || (answer.Code is null && (int)answer.Json!["exitCode"]! != 0), answer.Text);
                }
            }
        });
    }

    [Fact]
    public Task Attack12_TraceProcessOne_IsRefused() => ShouldBeRefusedAsync("trace-init");

    [Fact]
    public Task Attack13_SocketsOfOtherFamilies_AreRefused() => ShouldBeRefusedAsync("sockets");

    [Fact]
    public Task Attack14_IoUringBpfPerfAndKeys_AreRefused() => ShouldBeRefusedAsync("new-calls");

    [Fact]
    public Task Attack15_OpenByHandle_IsRefused() => ShouldBeRefusedAsync("handles");

    [Fact]
    public Task Attack16_KernelModulesClockAndReboot_AreRefused() => ShouldBeRefusedAsync("kernel-change");

    [Fact]
    public Task Attack17_SetuidProgram_GainsNoMoreThanRootInside() => BesideNeighbourAsync(async () =>
    {
        await ShellAsync("cp /tmp/attack /tmp/attack-setuid && chmod 4755 /tmp/attack-setuid", Root);
        var answer = await Api.PostAsync($"/v1/sandboxes/{Sandbox}/exec", new JsonObject { ["argv"] = new JsonArray("/tmp/attack-setuid", "gained"), ["user"] = User }, Cancellation);
        var lines = ((string)answer.Json!["stdout"]!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("; ", lines));
        foreach (var line in lines.Where(line => line.StartsWith("Cap", StringComparison.Ordinal)))
            Assert.Equal(0ul, ulong.Parse(line.Split(':')[1].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~Allowed);
        Assert.Contains(lines, line => line.StartsWith("root ", StringComparison.Ordinal));
        Assert.DoesNotContain(Verdict.Parse(string.Join('\n', lines)), verdict => !verdict.Refused);
    });

    /// <summary>Where the kernel still knows TIOCSTI, a program may type into the terminal that it has, which is its own.</summary>
    [Fact]
    public Task Attack18_TerminalInjection_ReachesItsOwnTerminalAtMost() => BesideNeighbourAsync(async () =>
    {
        foreach (var user in (string[])[User, Root])
        {
            var body = new JsonObject { ["argv"] = new JsonArray("/tmp/attack", "terminal"), ["user"] = user, ["pty"] = new JsonObject { ["cols"] = 80, ["rows"] = 24 } };
            var answer = await Api.PostAsync($"/v1/sandboxes/{Sandbox}/exec", body, Cancellation);
            var verdicts = Verdict.Parse((string)answer.Json!["stdout"]!);
            Assert.Contains(verdicts, verdict => verdict is { Name: "on-a-terminal", Outcome: "done" });
            Assert.DoesNotContain(verdicts, verdict => !verdict.Refused && verdict.Name is not ("on-a-terminal" or "tiocsti"));
        }
    });

    [Fact]
    public Task Attack19_PersonalityWithoutRandomization_IsRefused() => ShouldBeRefusedAsync("personality");

    /// <summary>gVisor's log and memory map are its own, which the test sees by their text.</summary>
    [Fact]
    public async Task Attack20_ReadKernelFiles_TellsNothingOfTheHost()
    {
        await ShouldBeRefusedAsync("kernel-read", OwnKernel ? ["dmesg"] : None);
        if (OwnKernel) Assert.Contains(await AttackAsync(Sandbox, Root, "kernel-read"), verdict => verdict is { Name: "dmesg" } && (verdict.Refused || verdict.Detail.StartsWith("gVisor", StringComparison.Ordinal)));
    }

    [Fact]
    public Task Attack21_CallsOfOtherAbis_AreRefused() => ShouldBeRefusedAsync("foreign-abi");

    [Fact]
    public async Task Attack22_UnixSocketsOfTheHost_CannotBeReached()
    {
        var name = "\0atoll-hostile-" + Server.Real.Instance;
        var path = Path.Combine(Path.GetDirectoryName(Server.Real.StateDirectory)!, "socket");
        using var listener = Listen(name);
        using var plain = Listen(path);
        await ShouldBeRefusedAsync("host-sockets", null, "@" + name[1..], path, "/run/dbus/system_bus_socket", "/run/systemd/private", "/var/run/docker.sock");
        Assert.False(listener.Poll(0, SelectMode.SelectRead), "somebody came in by the abstract socket");
        Assert.False(plain.Poll(0, SelectMode.SelectRead), "somebody came in by the socket's path");
        File.Delete(path);
    }

    [Fact]
    public async Task Attack23_LookForSocketsAndTheAgentsToken_FindsNothing()
    {
        var record = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Server.Real.RuntimeDirectory, "sandboxes", Sandbox + ".json"), Cancellation))!;
        var token = Convert.FromBase64String((string)record["token"]!);
        Assert.Equal(32, token.Length);
        await ShouldBeRefusedAsync("secrets", null, Convert.ToHexStringLower(token));
        await BesideNeighbourAsync(async () =>
        {
            var environment = await ShellAsync("cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n'", Root);
            Assert.DoesNotContain(Server.Real.ApiKey, environment, StringComparison.Ordinal);
            Assert.DoesNotContain(Server.Real.StateDirectory, environment, StringComparison.Ordinal);
        });
    }

    private async Task<string> PlantAsync()
    {
        var secret = RandomNumberGenerator.GetHexString(32);
        await File.WriteAllTextAsync(Marker, secret, Cancellation);
        File.SetUnixFileMode(Marker, (UnixFileMode)0b110_110_110);
        return secret;
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    public sealed class Container(HostileServer server) : EscapeTests(server, "container");

    public sealed class GVisor(HostileServer server) : EscapeTests(server, "gvisor");
}

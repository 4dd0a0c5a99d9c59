using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Bundles;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>What every <see cref="ISandboxRuntime"/> must keep out, tried from inside by root.</summary>
public abstract class SandboxWallConformance(GuestKit kit) : IAsyncLifetime
{
    /// <summary>The ten of <see cref="Wall.Capabilities"/> as bits.</summary>
    private const ulong Allowed = 0x405FB;

    private Bench? _bench;

    private protected abstract IsolationKind Kind { get; }

    private protected virtual ContainerLauncher Launcher => ContainerLauncher.Builtin;

    private protected Bench Host => _bench ?? throw new InvalidOperationException("Not initialised.");

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await Bench.CreateAsync(kit, Kind, Launcher);

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Attacks_ByRootInside_AreAllRefused()
    {
        var text = await Host.RunAsync("/.atoll/probe");
        var worked = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.EndsWith(" 0", StringComparison.Ordinal)).ToArray();

        Assert.True(text.Split('\n').Length > 40, text);
        Assert.Equal(Harmless, worked);
    }

    /// <summary>What is refused is refused as a kernel without it, or one that asks for a right, would: anything else ends programs that would have gone on.</summary>
    [Fact]
    public async Task Refusals_OfEachKind_AreWhatProgramsTakeForNotHere()
    {
        var answers = (await Host.RunAsync("/.atoll/probe")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Empty(Answers.Where(expected => answers[expected.Key] != expected.Value).Select(expected => $"{expected.Key}: {answers[expected.Key]}, not {expected.Value}"));
    }

    [Fact]
    public async Task Capabilities_OfRootInside_AreTheFixedSet()
    {
        var status = Status(await Host.RunAsync("cat /proc/self/status"));

        foreach (var set in new[] { "CapPrm", "CapEff", "CapBnd" }) Assert.Equal(Allowed, Hex(status[set]));
        Assert.Equal(0ul, Hex(status["CapInh"]));
        if (status.TryGetValue("CapAmb", out var ambient)) Assert.Equal(0ul, Hex(ambient));
        if (status.TryGetValue("NoNewPrivs", out var without)) Assert.Equal("0", without);
    }

    [Fact]
    public async Task SetuidProgram_RunByUser_GainsRootButNoMoreThanTheFixedSet()
    {
        Assert.SkipUnless(await HonoursSetuidAsync(), "this release of the runtime ignores the setuid bit");
        var status = Status(await Host.RunAsync("cp /.atoll/probe /bin/gain; chmod 4755 /bin/gain; /.atoll/probe as 1000 /bin/gain root"));

        Assert.Equal("0", status["Uid"].Split('\t')[0]);
        Assert.Equal(0ul, Hex(status["CapEff"]) & ~Allowed);
        Assert.Equal(Allowed, Hex(status["CapBnd"]));
    }

    [Fact]
    public async Task Descriptors_OfEveryProcess_AreNothingOfTheHosts()
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", "(for p in /proc/[0-9]*; do for f in $p/fd/*; do echo $p $(readlink $f); done; done) >/out/text 2>&1; echo >/out/status; sleep 100000");
        await Host.StartAsync(plan);
        var text = await Bench.ReadAsync(root);

        var first = text.Split('\n').Where(line => line.StartsWith("/proc/1 ", StringComparison.Ordinal)).Select(line => line[8..]).ToArray();
        Assert.NotEmpty(first);
        Assert.All(first, target => Assert.Contains(target, (string[])["/dev/null", "host:[1]", "host:[2]", "host:[3]"]));
        Assert.DoesNotContain(Host.Folder, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostFacts_Masked_CannotBeRead()
    {
        var read = await Host.RunAsync(
            "find " + string.Join(' ', Wall.MaskedPaths) + " -type f 2>/dev/null | while read p; do [ $(head -c 64 $p 2>/dev/null | wc -c) -gt 0 ] && echo $p; done; echo end");

        Assert.Equal("end\n", read);
    }

    [Fact]
    public async Task OwnFiles_BelowEtc_AreOursAndReadOnly()
    {
        var text = await Host.RunAsync("hostname; cat /etc/hostname /etc/resolv.conf; grep -c localhost /etc/hosts; echo x > /etc/hosts; echo x > /.atoll/x; ls -ld /tmp /dev/shm | cut -c1-10");

        Assert.Equal(
            ["box", "box", "nameserver 192.0.2.53", "2"], text.Split('\n')[..4]);
        Assert.Equal(2, text.Split("Read-only file system").Length - 1);
        Assert.Contains("drwxrwxrwt", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ordinary_Work_IsNotInTheWay()
    {
        var text = await Host.RunAsync(
            "set -e; mkfifo /tmp/pipe; (echo through > /tmp/pipe &); cat /tmp/pipe; touch /tmp/f; chown 1000:1000 /tmp/f; stat -c %u /tmp/f; (echo served | nc -l -p 81 &); " +
            "mkfifo /tmp/silent; until nc 127.0.0.1 81 <>/tmp/silent; do sleep 0.05; done; chroot / /bin/true; nproc >/dev/null; df /dev/shm >/dev/null; ls /dev/pts/ptmx; echo fine");

        Assert.Equal(["through", "1000", "served", "/dev/pts/ptmx", "fine"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("refused", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Temporary_Files_AreInTheRootFilesystem()
    {
        var root = await Host.MakeRootAsync("root");
        await Host.RunAsync("echo kept > /tmp/file", root: root);

        Assert.Equal("kept\n", await File.ReadAllTextAsync(Path.Combine(root, "tmp", "file"), Cancellation));
    }

    [Fact]
    public async Task GuestFolder_OnAFileSystemWithoutExec_StillRuns()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Host.Folder, "noexec")).FullName;
        await Host.ToolAsync("mount", "-t", "tmpfs", "-o", "noexec,nosuid,nodev", "none", folder);
        try
        {
            await Host.ToolAsync("cp", Path.Combine(kit.GuestFolder, "probe"), folder);
            Assert.Equal("ran\n", await Host.RunAsync("/.atoll/probe as 0 /bin/echo ran", plan => plan with { GuestDirectory = folder }));
        }
        finally
        {
            await Host.ToolAsync("umount", folder);
        }
    }

    [Fact]
    public async Task SharedMemory_Filled_IsBounded()
    {
        var text = await Host.RunAsync("dd if=/dev/zero of=/dev/shm/x bs=1M count=300 2>&1; wc -c < /dev/shm/x", plan => plan with { Limits = plan.Limits with { MemoryMiB = 256 } });

        Assert.InRange(long.Parse(text.TrimEnd().Split('\n')[^1], CultureInfo.InvariantCulture), 1, 128L << 20);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("proc")]
    [InlineData("sys")]
    [InlineData("etc")]
    [InlineData(".atoll")]
    [InlineData("etc/resolv.conf")]
    [InlineData("etc/hosts")]
    [InlineData("etc/hostname")]
    public async Task HostileImage_MountPointIsALinkToTheHost_LeavesTheHostAlone(string name)
    {
        var victim = Directory.CreateDirectory(Path.Combine(Host.Folder, "victim")).FullName;
        await File.WriteAllTextAsync(Path.Combine(victim, "resolv.conf"), "the host's own", Cancellation);
        var root = await Host.MakeRootAsync("root");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
        File.CreateSymbolicLink(Path.Combine(root, name), name.Contains('/') ? Path.Combine(victim, "resolv.conf") : victim);

        var text = await Host.RunAsync("cat /etc/resolv.conf; ls /.atoll; ls -d /proc/self/status /dev/null", root: root);

        Assert.Equal(["nameserver 192.0.2.53", "probe", "/dev/null", "/proc/self/status"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["resolv.conf"], Directory.EnumerateFileSystemEntries(victim).Select(Path.GetFileName));
        Assert.Equal("the host's own", await File.ReadAllTextAsync(Path.Combine(victim, "resolv.conf"), Cancellation));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(victim, StringComparison.Ordinal));
    }

    [Fact]
    public async Task HostileImage_MountPointCannotBeMended_IsATemplateFault()
    {
        var root = await Host.MakeRootAsync("root");
        Directory.CreateDirectory(Path.Combine(root, "etc", "hosts", "full"));
        var plan = Host.Plan(root, "/bin/sleep", "100000");

        var started = await Host.Runtime.StartAsync(plan, Cancellation);
        Assert.Equal(FaultStage.Template, started.Fault?.Stage);
        Assert.Empty(Host.TracesOf(plan.Id));
    }

    /// <summary>Attacks that this runtime lets through on something of the sandbox's own, by name and result.</summary>
    private protected virtual string[] Harmless => [];

    private const string NotPermitted = "1";
    private const string NoSuchCall = "38";
    private const string NoSuchProtocol = "93";
    private const string NoSuchFamily = "97";

    /// <summary>errno by attempt.</summary>
    private protected virtual Dictionary<string, string> Answers => new(StringComparer.Ordinal)
    {
        ["unshare_user"] = NotPermitted,
        ["clone_user"] = NotPermitted,
        ["mount_tmpfs"] = NotPermitted,
        ["fsopen_tmpfs"] = NotPermitted,
        ["setns_self"] = NotPermitted,
        ["mknod_block"] = NotPermitted,
        ["af_packet"] = NotPermitted,
        ["raw_ip"] = NotPermitted,
        ["bpf"] = NotPermitted,
        ["perf"] = NotPermitted,
        ["by_handle"] = NotPermitted,
        ["kexec"] = NotPermitted,
        ["module"] = NotPermitted,
        ["sethost"] = NotPermitted,
        ["reboot_host"] = NotPermitted,
        ["set_clock"] = NotPermitted,
        ["af_alg"] = NoSuchFamily,
        ["af_vsock"] = NoSuchFamily,
        ["netlink_audit"] = NoSuchFamily,
        ["netlink_netfilter"] = NoSuchProtocol,
        ["netlink_generic"] = NoSuchProtocol,
        ["io_uring"] = NoSuchCall,
        ["userfaultfd"] = NoSuchCall,
        ["keyctl"] = NoSuchCall,
        ["add_key"] = NoSuchCall,
        ["request_key"] = NoSuchCall,
        ["fanotify"] = NoSuchCall,
        ["placement"] = NoSuchCall,
        ["secret_memory"] = NoSuchCall,
        ["list_mounts"] = NoSuchCall,
        ["newer_call"] = NoSuchCall,
    };

    private protected virtual Task<bool> HonoursSetuidAsync() => Task.FromResult(true);

    private static Dictionary<string, string> Status(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim());

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

/// <summary>What every <see cref="ISandboxStorage"/> must do, on a real one.</summary>
public abstract class SandboxStorageConformance : IAsyncLifetime
{
    private const long Mebi = 1L << 20;
    private const long Disk = 32 * Mebi;
    private StorageHarness _harness = null!;

    private protected abstract ISandboxStorage Make(MachineOptions machine, StorageOptions options);

    private protected virtual StorageOptions Options => new() { InitialBytes = 512 * Mebi, ReserveBytes = 16 * Mebi };

    private protected StorageHarness Harness => _harness;

    /// <summary>Whether this host lets a live clone's limit be raised.</summary>
    private protected virtual bool CanRaise => true;

    private ISandboxStorage Storage => _harness.Storage;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Prepare();
        _harness = new StorageHarness(Make, Options);
        await _harness.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null) await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Clone_WrittenTo_LeavesTemplateAndSiblingAlone()
    {
        var template = await _harness.TemplateAsync("base");
        var (one, other) = (await CloneAsync("base"), await CloneAsync("base"));

        await File.WriteAllTextAsync(Path.Combine(one, "greeting"), "changed", Cancellation);
        File.Delete(Path.Combine(other, "greeting"));

        Assert.Equal("from the template", await File.ReadAllTextAsync(Path.Combine(template, "greeting"), Cancellation));
        Assert.Equal("changed", await File.ReadAllTextAsync(Path.Combine(one, "greeting"), Cancellation));
    }

    [Fact]
    public async Task Clone_WithADiskOfAnySize_IsMade()
    {
        await _harness.TemplateAsync("base");
        foreach (var mebibytes in (long[])[100, 511, 512, 1024, 10_240])
        {
            var made = await Storage.CloneAsync("base", SandboxId.New(), mebibytes * Mebi, Cancellation);
            Assert.True(made.Succeeded, $"{mebibytes} MiB: {made.Fault}");
        }
    }

    [Fact]
    public async Task Clone_OverItsLimit_FailsAloneUntilRaised()
    {
        await _harness.TemplateAsync("base");
        var id = SandboxId.New();
        var (full, neighbour) = (await CloneAsync("base", id), await CloneAsync("base"));

        Assert.Throws<IOException>(() => Fill(full, "big", 2 * Disk));
        Fill(neighbour, "small", 4 * Mebi);
        await _harness.TemplateAsync("another");
        File.Delete(Path.Combine(full, "big"));
        FileCall.SyncFilesystem(full);
        Fill(full, "fits", 8 * Mebi);

        var raised = await Storage.LimitAsync(id, 4 * Disk, Cancellation);
        Assert.Equal(CanRaise, raised.Succeeded);
        if (CanRaise) Fill(full, "bigger", 2 * Disk);
        else Assert.Contains("CAP_SYS_RESOURCE", raised.Fault?.Hint);
    }

    [Fact]
    public async Task Measure_AfterWriting_CountsWhatTheCloneWrote()
    {
        await _harness.TemplateAsync("base", root => Fill(root, "heavy", 24 * Mebi));
        var id = SandboxId.New();
        var root = await CloneAsync("base", id);
        var before = StorageHarness.Value(await Storage.MeasureAsync(id, Cancellation));

        Fill(root, "mine", 8 * Mebi);
        FileCall.SyncFilesystem(root);
        var written = StorageHarness.Value(await Storage.MeasureAsync(id, Cancellation)) - before;

        Assert.InRange(written, 8 * Mebi, 9 * Mebi);
        Assert.InRange(before, 0, 4 * Mebi);
    }

    [Fact]
    public async Task Delete_TwiceAndUnknown_SucceedsAndIsListedNoMore()
    {
        await _harness.TemplateAsync("base");
        var (one, other) = (SandboxId.New(), SandboxId.New());
        var root = await CloneAsync("base", one);
        await CloneAsync("base", other);
        Assert.Equal([one, other], (await Storage.ListAsync(Cancellation)).ToHashSet());

        Assert.Null((await Storage.DeleteAsync(one, Cancellation)).Fault);
        Assert.Null((await Storage.DeleteAsync(one, Cancellation)).Fault);
        Assert.Null((await Storage.DeleteAsync(SandboxId.New(), Cancellation)).Fault);

        Assert.Equal([other], await Storage.ListAsync(Cancellation));
        Assert.Null(await Storage.FindAsync(one, Cancellation));
        Assert.False(File.Exists(Path.Combine(root, "greeting")));
    }

    [Fact]
    public async Task Template_ReplacedAndDeleted_ItsClonesLiveOn()
    {
        await _harness.TemplateAsync("base", root => Fill(root, "old", Mebi));
        var old = await CloneAsync("base");
        await _harness.TemplateAsync("base");
        var renewed = await CloneAsync("base");

        Assert.True(File.Exists(Path.Combine(old, "old")));
        Assert.False(File.Exists(Path.Combine(renewed, "old")));
        Assert.Equal("manifest of base", Assert.Single(await Storage.ListTemplatesAsync(Cancellation)).Manifest);

        Assert.Null((await Storage.DeleteTemplateAsync("base", Cancellation)).Fault);
        Assert.Null((await Storage.DeleteTemplateAsync("base", Cancellation)).Fault);
        Assert.Empty(await Storage.ListTemplatesAsync(Cancellation));
        Fill(old, "still", Mebi);
        Assert.Equal(Mebi, new FileInfo(Path.Combine(old, "old")).Length);
    }

    [Fact]
    public async Task Draft_DisposedUnsealed_LeavesNothing()
    {
        await using (var draft = StorageHarness.Value(await Storage.BeginTemplateAsync("base", Cancellation)))
        {
            Fill(draft.Root, "half", Mebi);
        }

        Assert.Empty(await Storage.ListTemplatesAsync(Cancellation));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_harness.Pool, "trees")));
    }

    [Fact]
    public async Task Open_WhileAnotherBuilds_LeavesItsDraftAlone()
    {
        await using var draft = StorageHarness.Value(await Storage.BeginTemplateAsync("base", Cancellation));
        var second = _harness.Make();

        Assert.Null((await second.OpenAsync(Cancellation)).Fault);
        Assert.NotNull((await second.CloseAsync(erase: true, Cancellation)).Fault);

        Fill(draft.Root, "more", Mebi);
        Assert.Null((await draft.SealAsync("m", Cancellation)).Fault);
        Assert.Single(await Storage.ListTemplatesAsync(Cancellation));
    }

    [Fact]
    public async Task Open_AfterACrash_KeepsWhatIsWholeAndSweepsTheRest()
    {
        await _harness.TemplateAsync("base");
        var id = SandboxId.New();
        await File.WriteAllTextAsync(Path.Combine(await CloneAsync("base", id), "kept"), "yes", Cancellation);
        LeaveHalfMade();

        await _harness.ReopenAsync();

        Assert.Equal([id], await Storage.ListAsync(Cancellation));
        Assert.Equal("yes", await File.ReadAllTextAsync(Path.Combine((await Storage.FindAsync(id, Cancellation))!, "kept"), Cancellation));
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(_harness.Pool, "trees")));
        await CloneAsync("base");
    }

    [Fact]
    public async Task Open_AfterARestartOfTheHost_MountsAgain()
    {
        await _harness.TemplateAsync("base");
        var id = SandboxId.New();
        await File.WriteAllTextAsync(Path.Combine(await CloneAsync("base", id), "kept"), "yes", Cancellation);

        // What a restart undoes is what closing undoes: mounts and loop devices.
        Assert.Null((await Storage.CloseAsync(erase: false, Cancellation)).Fault);
        Assert.DoesNotContain(_harness.State, await File.ReadAllTextAsync("/proc/self/mountinfo", Cancellation));
        await _harness.ReopenAsync();

        Assert.Equal("yes", await File.ReadAllTextAsync(Path.Combine((await Storage.FindAsync(id, Cancellation))!, "kept"), Cancellation));
    }

    [Theory]
    [InlineData("missing", FaultCode.TemplateNotFound)]
    [InlineData("../../etc", FaultCode.TemplateNotFound)]
    public async Task Clone_OfNoTemplate_IsRefused(string name, FaultCode code)
    {
        Assert.Equal(code, (await Storage.CloneAsync(name, SandboxId.New(), Disk, Cancellation)).Fault?.Code);
        Assert.Empty(await Storage.ListAsync(Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("A")]
    [InlineData("a\n")]
    public async Task Begin_WithABadName_IsRefused(string name) =>
        Assert.Equal(FaultCode.InvalidRequest, (await Storage.BeginTemplateAsync(name, Cancellation)).Fault?.Code);

    [Fact]
    public async Task Clone_FiftyAtOnce_AllWork()
    {
        await _harness.TemplateAsync("base:v1");

        var roots = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CloneAsync("base:v1")));

        Assert.Equal(50, roots.Distinct().Count());
        Assert.All(roots, root => Assert.True(File.Exists(Path.Combine(root, "greeting"))));
        await Task.WhenAll((await Storage.ListAsync(Cancellation)).Select(id => Storage.DeleteAsync(id, Cancellation)));
        Assert.Empty(await Storage.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Clone_KeepsModesOwnersLinksAndAttributes_AndDeadensDevices()
    {
        const string script = """
            cp /bin/busybox su; chown 123:456 greeting; chmod 4755 su; ln greeting hard; ln -s /etc/passwd soft; mknod null c 1 3; chmod 666 null
            python3 -c 'import os; os.setxattr("su", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))' || touch no-python
            """;
        await _harness.TemplateAsync("base", root => Shell(root, script));
        var clone = await CloneAsync("base");

        var seen = await HostCommand.RunAsync(
            ["/bin/sh", "-c", "cd \"$1\" && stat -c '%a %u %g %h %F' su greeting soft null && (cat null 2>&1 || true) && getfattr -n security.capability su 2>/dev/null || python3 -c 'import os; print(len(os.getxattr(\"su\", \"security.capability\")))'", "sh", clone],
            TimeSpan.FromSeconds(20), Cancellation);

        Assert.Contains("4755 0 0 1 regular file", seen.Output);
        Assert.Contains("644 123 456 2 regular file", seen.Output);
        Assert.Contains("symbolic link", seen.Output);
        Assert.Contains("character special file", seen.Output);
        Assert.Contains("Permission denied", seen.Output);
        Assert.True(File.Exists(Path.Combine(clone, "no-python")) || seen.Output.Contains("20") || seen.Output.Contains("security.capability"), seen.Output);
        Assert.DoesNotContain("nosuid", OptionsOfMountHolding(clone));
    }

    [Fact]
    public async Task Pool_ReachedByAnotherUserOfTheHost_IsDenied()
    {
        await _harness.TemplateAsync("base");
        var clone = await CloneAsync("base");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_harness.Pool));
        var tried = await HostCommand.RunAsync(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "ls", clone], TimeSpan.FromSeconds(20), Cancellation);
        Assert.NotEqual(0, tried.ExitCode);
    }

    [Fact]
    public async Task Clone_WhenThePoolIsNearlyFull_IsRefusedClearly()
    {
        await using var harness = new StorageHarness(Make, Options);
        await harness.OpenAsync();
        await harness.TemplateAsync("base");
        (harness.Storage as IDisposable)?.Dispose();
        var free = harness.Storage.MeasurePool().FreeBytes;
        var strict = Options;
        strict.ReserveBytes = free * 2;
        var storage = Make(new MachineOptions { StateDirectory = harness.State }, strict);
        Assert.Null((await storage.OpenAsync(Cancellation)).Fault);

        var refused = (await storage.CloneAsync("base", SandboxId.New(), Disk, Cancellation)).Fault;
        (storage as IDisposable)?.Dispose();

        Assert.Equal(FaultCode.PoolNearlyFull, refused?.Code);
        Assert.NotNull(refused?.Hint);
    }

    private protected virtual void Prepare()
    {
    }

    /// <summary>Whatever a server killed in the middle leaves.</summary>
    private protected virtual void LeaveHalfMade()
    {
        var tree = Directory.CreateDirectory(Path.Combine(_harness.Pool, "trees", "abandoned0000000"));
        Directory.CreateDirectory(Path.Combine(tree.FullName, "root", "usr"));
    }

    private protected async Task<string> CloneAsync(string template, SandboxId? id = null) =>
        StorageHarness.Value(await Storage.CloneAsync(template, id ?? SandboxId.New(), Disk, Cancellation));

    /// <summary>With bytes that do not compress, on the disk when it returns.</summary>
    private protected static void Fill(string root, string name, long bytes)
    {
        var block = new byte[Mebi];
        Random.Shared.NextBytes(block);
        using var file = new FileStream(Path.Combine(root, name), FileMode.Create);
        for (var written = 0L; written < bytes; written += block.Length) file.Write(block);
        file.Flush(flushToDisk: true);
    }

    private static void Shell(string folder, string script)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-e", "-c", script]) { WorkingDirectory = folder })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private string OptionsOfMountHolding(string path) => File.ReadLines("/proc/self/mountinfo")
        .Where(line => path.StartsWith(line.Split(' ')[4], StringComparison.Ordinal) && line.Split(' ')[4].StartsWith(_harness.State, StringComparison.Ordinal))
        .MaxBy(line => line.Split(' ')[4].Length)!;
}

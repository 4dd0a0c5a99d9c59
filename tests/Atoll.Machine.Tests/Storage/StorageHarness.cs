using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

/// <summary>A storage on a state directory of the test's own. <see cref="ReopenAsync"/> is what a killed server's successor sees; disposing erases all of it.</summary>
internal sealed class StorageHarness(Func<MachineOptions, StorageOptions, ISandboxStorage> make, StorageOptions options) : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<ISandboxStorage> _all = [];

    public string State => _scratch.PathOf("state");

    public string Pool => Path.Combine(State, "pool");

    public ISandboxStorage Storage { get; private set; } = null!;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task OpenAsync()
    {
        Storage = Make();
        Assert.Null((await Storage.OpenAsync(Cancellation)).Fault);
    }

    /// <summary>Another storage on the same directory, not opened, as another process would make it.</summary>
    public ISandboxStorage Make()
    {
        var made = make(new MachineOptions { Instance = _scratch.Instance, StateDirectory = State }, options);
        _all.Add(made);
        return made;
    }

    /// <summary>Forgets the storage without closing it, as kill -9 does (its locks go with the process), and opens another.</summary>
    public async Task ReopenAsync()
    {
        (Storage as IDisposable)?.Dispose();
        await OpenAsync();
    }

    public async Task<string> TemplateAsync(string name, Action<string>? fill = null)
    {
        await using var draft = Value(await Storage.BeginTemplateAsync(name, Cancellation));
        await File.WriteAllTextAsync(Path.Combine(draft.Root, "greeting"), "from the template");
        fill?.Invoke(draft.Root);
        return Value(await draft.SealAsync($"manifest of {name}", Cancellation)).Root;
    }

    public static T Value<T>(Result<T> result)
    {
        Assert.True(result.Succeeded, result.Fault?.ToString());
        return result.Value;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in _all) (storage as IDisposable)?.Dispose();
        var erased = await Make().CloseAsync(erase: true, CancellationToken.None);
        foreach (var storage in _all) (storage as IDisposable)?.Dispose();
        Assert.Null(erased.Fault);
        Assert.Null(LoopDevice.Find(Path.Combine(State, "pool.img")));
        Assert.DoesNotContain(State, await File.ReadAllTextAsync("/proc/self/mountinfo"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(State));
        _scratch.Dispose();
    }
}

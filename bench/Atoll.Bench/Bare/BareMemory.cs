using System.Collections.Immutable;
using System.Globalization;

namespace Atoll.Bench.Bare;

/// <summary>
/// A container of a bare <c>runsc</c> whose one process holds memory, and what <c>runsc</c> alone needs to save and to restore it: uncompressed and left running, as the server does it, which is
/// several times as quick as its default. Nothing is made durable, nothing is checked, nothing has a network.
/// </summary>
internal sealed class BareMemory : IAsyncDisposable
{
    private const string First = "memory";
    private const string HeldFile = "var/held";
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly BareTool _tool;
    private readonly string _folder;
    private readonly string _image;
    private readonly string _root;
    private readonly string _cgroups;
    private readonly string _errors;
    private int _last;

    /// <param name="folder">For bundles.</param>
    /// <param name="image">For the image: in the pool, where the server has its own.</param>
    public BareMemory(BareTool tool, string folder, string image, string root, string cgroups, string errors)
    {
        (_tool, _folder, _image, _root, _cgroups, _errors) = (tool, folder, image, root, cgroups, errors);
    }

    /// <summary>
    /// A shell command that holds so many bytes of what does not compress, in a process, and says in <c>/var/held</c> when it does.
    /// </summary>
    public static string Holding(int bytes) => string.Create(
        CultureInfo.InvariantCulture, $"dd if=/dev/urandom bs={bytes} count=1 iflag=fullblock 2>/dev/null | (dd bs=1 count=1 of=/{HeldFile} 2>/dev/null; exec sleep 1000000)");

    public async Task StartAsync(int bytes, CancellationToken cancellation)
    {
        await CallAsync("run", "--detach", "--bundle", BundleFor(First, bytes), First);
        for (var waited = TimeSpan.Zero; new FileInfo(Path.Combine(_root, HeldFile)) is not { Exists: true, Length: > 0 }; waited += Look)
        {
            if (waited > HoldLimit) throw new TimeoutException("The bare container does not hold its memory.");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Milliseconds of a whole <c>checkpoint</c>. The image is the one that is restored from then on.</summary>
    public Task<double> CheckpointAsync()
    {
        if (Directory.Exists(_image)) Directory.Delete(_image, recursive: true);
        Directory.CreateDirectory(_image);
        return CallAsync("checkpoint", "--leave-running", "--compression=none", $"--image-path={_image}", First);
    }

    /// <summary>Milliseconds of a whole one-step <c>restore</c> of the image. What it made is removed again, which is not counted.</summary>
    public async Task<double> RestoreAsync(int bytes)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"restored{++_last}");
        var took = await CallAsync("restore", "--detach", "--bundle", BundleFor(id, bytes), $"--image-path={_image}", id);
        await CallAsync("delete", "-force", id);
        return took;
    }

    public async ValueTask DisposeAsync()
    {
        await CallAsync("delete", "-force", First);
        if (Directory.Exists(_image)) Directory.Delete(_image, recursive: true);
        File.Delete(Path.Combine(_root, HeldFile));
    }

    private string BundleFor(string id, int bytes) => Bundle.Write(Path.Combine(_folder, id), _root, $"{_cgroups}/{id}", "/bin/sh", "-c", Holding(bytes));

    private Task<double> CallAsync(params ImmutableArray<string> words) => ToolThread.RunAsync(() => Spawn.Time([.. _tool.Global, .. words], _errors), _tool.Hidden);
}

using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>The files of an image as a sentry takes them: its own state, what page is where, the pages.</summary>
internal sealed class ImageFiles : IDisposable
{
    private const string State = "checkpoint.img";
    private const string PageTable = "pages_meta.img";
    private const string Pages = "pages.img";

    private ImageFiles(params IReadOnlyList<SafeFileHandle> files) => InOrder = files;

    public IReadOnlyList<SafeFileHandle> InOrder { get; }

    /// <summary>New ones, the pages' past the page cache.</summary>
    /// <exception cref="IOException">One cannot be made.</exception>
    public static ImageFiles Create(string folder) => new(
        FileCall.OpenOrCreate(Path.Combine(folder, State)), FileCall.OpenOrCreate(Path.Combine(folder, PageTable)), FileCall.CreateDirect(Path.Combine(folder, Pages)));

    /// <exception cref="IOException">One is not there.</exception>
    public static ImageFiles Open(string folder) => new(
        FileCall.Open(Path.Combine(folder, State)), FileCall.Open(Path.Combine(folder, PageTable)), FileCall.Open(Path.Combine(folder, Pages)));

    public void Dispose()
    {
        foreach (var file in InOrder) file.Dispose();
    }
}

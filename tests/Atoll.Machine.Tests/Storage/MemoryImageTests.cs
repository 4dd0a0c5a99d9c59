using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage.Memory;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

/// <summary>An image is used only as it was saved, by the version that saved it; whatever else lies there is refused, and says why.</summary>
public sealed class MemoryImageTests : IDisposable
{
    private const string Version = "runsc version 1";
    private static readonly byte[] Token = RandomNumberGenerator.GetBytes(32);
    private readonly Scratch _scratch = new();
    private readonly MemoryImages _images;

    public MemoryImageTests()
    {
        Directory.CreateDirectory(_scratch.PathOf("memory"));
        _images = new(_ => _scratch.PathOf("memory"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Seal_Draft_IsThereWholeAndTellsWhatItHolds()
    {
        var id = CheckpointId.New();
        var draft = _images.Begin(id, 0).Value;
        Assert.Equal(FaultCode.CheckpointNotFound, (await _images.OpenAsync(id, Version, Cancellation)).Fault?.Code);
        Assert.Equal([id], _images.List());
        await SealAsync(draft);

        var image = (await _images.OpenAsync(id, Version, Cancellation)).Value;
        Assert.Equal((330_000L, id.Value), (image.Manifest.MemoryBytes, image.Manifest.Checkpoint));
        Assert.Equal(Token, image.Manifest.Token);
        Assert.Equal("an agent", await File.ReadAllTextAsync(image.Agent, Cancellation));
        Assert.Equal(300_000, new FileInfo(Path.Combine(image.Runtime, "pages.img")).Length);
        Assert.Equal([id], _images.List());
        Assert.True((await _images.DeleteAsync(id, Cancellation)).Succeeded);
        Assert.True((await _images.DeleteAsync(id, Cancellation)).Succeeded);
        Assert.Empty(_images.List());
        Assert.Equal(FaultCode.CheckpointNotFound, (await _images.OpenAsync(id, Version, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Open_CutOffAnywhere_IsRefused()
    {
        var folder = await MakeAsync();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList())
        {
            var whole = await File.ReadAllBytesAsync(path, Cancellation);
            foreach (var length in Enumerable.Range(0, (whole.Length / 4096) + 1).Select(i => i * 4096).Append(whole.Length - 1).Where(length => length < whole.Length))
            {
                await File.WriteAllBytesAsync(path, whole[..length], Cancellation);
                await RefusedAsync(folder, FaultCode.CheckpointDamaged);
            }

            await File.WriteAllBytesAsync(path, whole, Cancellation);
            await AcceptedAsync(folder);
        }
    }

    [Fact]
    public async Task Open_AnyBitFlipped_IsRefused()
    {
        var folder = await MakeAsync();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList())
        {
            var whole = await File.ReadAllBytesAsync(path, Cancellation);
            for (var i = 0; i < 40; i++)
            {
                var flipped = (byte[])whole.Clone();
                flipped[RandomNumberGenerator.GetInt32(whole.Length)] ^= (byte)(1 << RandomNumberGenerator.GetInt32(8));
                await File.WriteAllBytesAsync(path, flipped, Cancellation);
                await RefusedAsync(folder, FaultCode.CheckpointDamaged);
            }

            await File.WriteAllBytesAsync(path, whole, Cancellation);
            await AcceptedAsync(folder);
        }
    }

    [Fact]
    public async Task Open_FileGoneOrAdded_IsRefused()
    {
        var folder = await MakeAsync();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList())
        {
            File.Move(path, _scratch.PathOf("aside"));
            await RefusedAsync(folder, FaultCode.CheckpointDamaged);
            File.Move(_scratch.PathOf("aside"), path);
            await AcceptedAsync(folder);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "image", "more.img"), "more", Cancellation);
        await RefusedAsync(folder, FaultCode.CheckpointDamaged);
    }

    [Fact]
    public async Task Open_OfAnotherVersionFormatOrCheckpoint_IsRefused()
    {
        var folder = await MakeAsync();
        Assert.Equal(FaultCode.CheckpointMismatch, (await _images.OpenAsync(IdOf(folder), "runsc version 2", Cancellation)).Fault?.Code);
        var manifest = Path.Combine(folder, ManifestFile.Name);
        var json = (await File.ReadAllTextAsync(manifest, Cancellation))[33..];
        foreach (var (other, code) in new[]
        {
            (json.Replace("\"format\":1", "\"format\":2", StringComparison.Ordinal), FaultCode.CheckpointMismatch),
            (json.Replace("{\"format\"", "{\"capabilities\":[\"CAP_SYS_ADMIN\"],\"format\"", StringComparison.Ordinal), FaultCode.CheckpointMismatch),
            (json.Replace(IdOf(folder).Value, CheckpointId.New().Value, StringComparison.Ordinal), FaultCode.CheckpointDamaged),
            ("null", FaultCode.CheckpointDamaged),
            ("[]", FaultCode.CheckpointMismatch),
        })
        {
            await File.WriteAllTextAsync(manifest, ImageDigest.Of(Encoding.UTF8.GetBytes(other)) + "\n" + other, Cancellation);
            await RefusedAsync(folder, code);
        }

        await File.WriteAllTextAsync(manifest, ImageDigest.Of(Encoding.UTF8.GetBytes(json)) + "\n" + json, Cancellation);
        await AcceptedAsync(folder);
    }

    [Fact]
    public async Task Unread_WhenItWasMade_IsReadThroughWithoutBeingAsked()
    {
        var folder = await MakeAsync(unread: true);
        await Eventually.HoldsAsync("it has been read through", () => !ManifestFile.Read(IdOf(folder), folder).Value.HasUnread, Cancellation);
        await AcceptedAsync(folder);
        await FlipAsync(Path.Combine(folder, "image", "pages.img"));
        await RefusedAsync(folder, FaultCode.CheckpointDamaged);
    }

    [Fact]
    public async Task Unread_OfAServerThatDied_IsReadThroughAtItsFirstUse()
    {
        var folder = await MakeAsync();
        var whole = ManifestFile.Read(IdOf(folder), folder).Value;
        ManifestFile.Write(folder, whole with { Files = [.. whole.Files.Select(file => file with { Digest = "" })] });
        MemoryImages next = new(_ => _scratch.PathOf("memory"));
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => next.OpenAsync(IdOf(folder), Version, Cancellation)));
        Assert.All(opened, image => Assert.Equal(whole.Files.AsEnumerable(), image.Value.Manifest.Files));
        Assert.Equal(whole.Files.AsEnumerable(), ManifestFile.Read(IdOf(folder), folder).Value.Files);

        ManifestFile.Write(folder, whole with { Files = [.. whole.Files.Select(file => file with { Digest = "" })] });
        await using (var pages = File.OpenWrite(Path.Combine(folder, "image", "pages.img"))) pages.SetLength(pages.Length - 1);
        await RefusedAsync(folder, FaultCode.CheckpointDamaged);
    }

    [Fact]
    public async Task KeepAgent_TheSameProgramTwice_IsKeptOnce()
    {
        await File.WriteAllTextAsync(_scratch.PathOf("agent"), "an agent", Cancellation);
        var (first, second) = ((await _images.KeepAgentAsync(_scratch.PathOf("agent"))).Value, (await _images.KeepAgentAsync(_scratch.PathOf("agent"))).Value);
        Assert.Equal(first, second);
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(first.Path)!));
    }

    private static CheckpointId IdOf(string folder) => CheckpointId.Parse(Path.GetFileName(folder));

    private static async Task FlipAsync(string path)
    {
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, content, Cancellation);
    }

    private async Task<string> MakeAsync(bool unread = false)
    {
        var id = CheckpointId.New();
        await SealAsync(_images.Begin(id, 0).Value, unread);
        return _scratch.PathOf("memory/" + id);
    }

    private async Task SealAsync(MemoryDraft draft, bool unread = false)
    {
        await File.WriteAllTextAsync(_scratch.PathOf("agent"), "an agent", Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(draft.Runtime, "checkpoint.img"), RandomNumberGenerator.GetBytes(30_000), Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(draft.Runtime, "pages.img"), RandomNumberGenerator.GetBytes(300_000), Cancellation);
        ImmutableArray<MemoryFile> files = unread ? draft.Unread() : await draft.DigestAsync();
        var agent = (await _images.KeepAgentAsync(_scratch.PathOf("agent"))).Value;
        Assert.Equal(330_000, (await draft.SealAsync(Version, agent, Token, files)).Value);
    }

    private async Task RefusedAsync(string folder, FaultCode code)
    {
        var opened = await _images.OpenAsync(IdOf(folder), Version, Cancellation);
        Assert.True(opened.Fault?.Code == code, $"{opened.Fault}");
    }

    private async Task AcceptedAsync(string folder)
    {
        var opened = await _images.OpenAsync(IdOf(folder), Version, Cancellation);
        Assert.True(opened.Succeeded, opened.Fault?.ToString());
    }
}

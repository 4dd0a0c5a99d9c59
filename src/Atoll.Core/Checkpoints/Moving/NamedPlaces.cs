using System.Runtime.CompilerServices;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Which places of the store the manifests in it name: those of exports and of archives, of whatever server.</summary>
internal sealed class NamedPlaces(IObjectStore store, StoredParts parts)
{
    private const int PageSize = 1000;

    public static IEnumerable<string> Of(ExportManifest manifest) => manifest.Layers.Select(layer => ExportKeys.Layer(layer.Id)).Concat(manifest.Files.IsDefaultOrEmpty ? [] : [ExportKeys.Memory(manifest.Checkpoint)]);

    /// <summary>Those of the given ones that some manifest names. Reads every manifest that there is, one at a time.</summary>
    /// <returns>All of them where a manifest cannot be read: nobody can tell what it needs.</returns>
    /// <exception cref="FaultException">The store fails.</exception>
    public async Task<IReadOnlySet<string>> AmongAsync(IReadOnlyCollection<string> places, CancellationToken cancellation)
    {
        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (var prefix in (string[])[ExportKeys.AllExports, ExportKeys.AllArchives])
        {
            await foreach (var found in ListAsync(prefix, cancellation))
            {
                if (found.Bytes > ManifestReader.MaxBytes || (prefix == ExportKeys.AllArchives && !await IsManifestAsync(found.Key, cancellation))) continue;
                if (await parts.FindAsync(found.Key, ManifestReader.MaxBytes, cancellation) is not { } json) continue;
                if (Read(json, prefix) is not { } names) return places.ToHashSet(StringComparer.Ordinal);
                named.UnionWith(names.Where(places.Contains));
                if (named.Count == places.Count) return named;
            }
        }

        return named;
    }

    /// <summary>The manifest of an archive lies among its parts, and is no larger than the last of them may be.</summary>
    private async Task<bool> IsManifestAsync(ObjectKey key, CancellationToken cancellation)
    {
        var got = await store.GetAsync(key, 0, ArchiveReading.Begin.Length, cancellation);
        if (!got.TryGet(out var stream, out var fault)) return fault.Code is FaultCode.ObjectNotFound ? false : throw new FaultException(fault);
        await using (stream)
        {
            var head = new byte[ArchiveReading.Begin.Length];
            try
            {
                return await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) == head.Length && head.AsSpan().SequenceEqual(ArchiveReading.Begin);
            }
            catch (IOException broken)
            {
                throw new FaultException(ObjectFaults.Unavailable(store.Description, broken.Message), broken);
            }
        }
    }

    private async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectKey? after = null;
        while (true)
        {
            if (!(await store.ListAsync(prefix, PageSize, after, cancellation)).TryGet(out var page, out var fault)) throw new FaultException(fault);
            foreach (var found in page.Objects) yield return found;
            if (!page.More) yield break;
            after = page.Objects[^1].Key;
        }
    }

    private static IEnumerable<string>? Read(byte[] json, string prefix)
    {
        try
        {
            if (prefix == ExportKeys.AllArchives) return JsonSerializer.Deserialize(json, ManifestJson.Default.ArchiveManifest)?.Layers.Select(layer => ExportKeys.Layer(layer.Id));
            return JsonSerializer.Deserialize(json, ManifestJson.Default.ExportManifest) is { Layers.IsDefault: false } manifest ? Of(manifest) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

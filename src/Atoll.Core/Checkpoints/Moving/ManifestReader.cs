using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Reads a manifest that somebody else wrote. What it returns is sound in itself and within bounds; whether the parts are what it says is still to be seen.</summary>
internal static partial class ManifestReader
{
    public const string Format = "atoll-checkpoint";
    public const int Version = 1;
    public const string Disk = "disk";
    public const string Full = "full";

    /// <summary>Of a manifest: some 80,000 parts, more than a terabyte.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>Larger than any option allows parts to be made.</summary>
    public const int MaxPartBytes = 64 << 20;

    /// <summary>More than any option allows.</summary>
    private const int MaxLayers = 257;
    private const int MaxRuntime = 200;

    public static Result<ExportManifest> Read(ReadOnlySpan<byte> json, long mostBytes)
    {
        try
        {
            if (CheckVersion(json) is { } other) return other;
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ExportManifest);
            return manifest is null ? ExportFaults.Invalid("its manifest is empty.") : Check(manifest, mostBytes) is { } fault ? fault : manifest;
        }
        catch (JsonException broken)
        {
            return ExportFaults.Invalid($"its manifest cannot be read ({broken.Path ?? "$"}).");
        }
    }

    public static ExportLayer? ReadLayer(ReadOnlySpan<byte> json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, ManifestJson.Default.LayerRecord);
            return record is { Format: Format, Version: Version } && Check(record.Layer) is null ? record.Layer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static MemoryRecord? ReadMemory(ReadOnlySpan<byte> json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, ManifestJson.Default.MemoryRecord);
            return record is { Format: Format, Version: Version } && IsSound(record.Memory, record.Files) ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The version first: another one may have other fields.</summary>
    private static Fault? CheckVersion(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new() { MaxDepth = 16 });
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("format", out var format) || format.ValueKind is not JsonValueKind.String || format.GetString() != Format)
            return ExportFaults.Invalid("it is no export of a checkpoint.");
        if (!root.TryGetProperty("version", out var version) || version.ValueKind is not JsonValueKind.Number || !version.TryGetInt32(out var number)) return ExportFaults.Invalid("it does not say which version it is.");
        return number == Version ? null : ExportFaults.Version(number);
    }

    private static Fault? Check(ExportManifest manifest, long mostBytes)
    {
        if (manifest.Kind is not (Disk or Full)) return ExportFaults.Invalid("its kind is not known here.");
        if (!CheckpointId.TryParse(manifest.Checkpoint, out _)) return ExportFaults.Invalid("its checkpoint has no id.");
        if (!TemplateName().IsMatch(manifest.Sandbox.Template)) return ExportFaults.Invalid("its template has no name.");
        if (manifest.Files.IsDefault) return ExportFaults.Invalid("it does not say which files it has.");
        if (manifest.Kind == Disk && (manifest.Files.Length > 0 || manifest.Memory is not null)) return ExportFaults.Invalid("it has files beside its disk, which none of kind 'disk' has.");
        if (manifest.Kind == Full && (manifest.Memory is null || !IsSound(manifest.Memory, manifest.Files))) return ExportFaults.Invalid("its memory is not sound.");
        if (manifest.Layers is not { IsDefault: false, Length: > 0 and <= MaxLayers } layers) return ExportFaults.Invalid($"it has not 1 to {MaxLayers} layers.");
        Guid? before = null;
        var total = 0L;
        var seen = new HashSet<Guid>();
        foreach (var layer in layers)
        {
            if (layer is null || Check(layer) is not null) return ExportFaults.Invalid("one of its layers is not sound.");
            if (layer.Base != before || !seen.Add(layer.Id)) return ExportFaults.Invalid("its layers do not follow on each other.");
            before = layer.Id;
            if (layer.RawBytes > mostBytes - total) return ExportFaults.TooLarge(mostBytes);
            total += layer.RawBytes;
        }

        foreach (var file in manifest.Files)
        {
            if (file.RawBytes > mostBytes - total) return ExportFaults.TooLarge(mostBytes);
            total += file.RawBytes;
        }

        return null;
    }

    private static Fault? Check(ExportLayer layer) =>
        layer.Id != Guid.Empty && layer.Base != Guid.Empty && IsSound(layer.RawBytes, layer.Parts) ? null : ExportFaults.Invalid("one of its layers is not sound.");

    private static bool IsSound(long rawBytes, ImmutableArray<ExportPart> parts) => rawBytes > 0 && parts is { IsDefault: false, Length: > 0 }
        && parts.All(part => part is { Bytes: > 0 and <= MaxPartBytes, Sha256: not null } && Digest().IsMatch(part.Sha256));

    /// <summary>Its files are the agent's program and at least one of the runtime's, each once, none of them empty.</summary>
    private static bool IsSound(ExportMemory memory, ImmutableArray<ExportFile> files) =>
        memory is { Runtime.Length: > 0 and <= MaxRuntime, Token.Length: SavedMemory.TokenBytes } && Digest().IsMatch(memory.Agent)
        && files is { IsDefault: false, Length: > 1 and <= SavedMemory.MostFiles } && files.All(file => file is not null && FileName().IsMatch(file.Name) && IsSound(file.RawBytes, file.Parts))
        && files.Count(file => file.Name == SavedMemory.AgentFile) == 1 && files.DistinctBy(file => file.Name).Count() == files.Length;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._:-]{0,127}\z")]
    private static partial Regex TemplateName();
}

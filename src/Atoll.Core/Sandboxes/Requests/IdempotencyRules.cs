using System.Security.Cryptography;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>An idempotency key and what it stands for: the request as it came, not as it was resolved, so that a retry is the same after a default has changed.</summary>
internal static class IdempotencyRules
{
    private const int MaxLength = 255;

    public static Result<IdempotencyClaim> Claim(string key, SandboxRequest request)
    {
        if (key.Length is 0 or > MaxLength || key.Any(c => c is < '!' or > '~'))
        {
            FieldErrors errors = new();
            errors.Add("Idempotency-Key", $"A key is 1 to {MaxLength} printable ASCII characters without spaces.");
            return errors.ToFault()!;
        }

        return new IdempotencyClaim(key, Hash(request));
    }

    private static string Hash(SandboxRequest request)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartArray();
            json.WriteStringValue(request.Name);
            json.WriteStringValue(request.Template);
            json.WriteStringValue(request.Isolation?.ToString());
            WriteText(json, request.Cpu);
            WriteText(json, request.MemoryMiB);
            WriteText(json, request.DiskMiB);
            WriteText(json, request.Processes);
            WriteSorted(json, request.Env);
            WriteSorted(json, request.Metadata);
            json.WriteStringValue(request.User);
            json.WriteStringValue(request.WorkingDirectory);
            WriteText(json, request.TimeoutSeconds);
            json.WriteStringValue(request.OnTimeout?.ToString());
            WriteText(json, request.IdleSeconds);
            json.WriteStringValue(request.OnIdle?.ToString());
            json.WriteStringValue(request.Egress?.ToString());
            if (request.Checkpoint is { } checkpoint) json.WriteStringValue(checkpoint);
            if (request.WakeOn is { } wakers) json.WriteStringValue("wakeOn:" + wakers);
            if (request.PublicPorts is { IsDefaultOrEmpty: false } ports) json.WriteStringValue("ports " + string.Join(' ', ports.Distinct().Order()));
            foreach (var mount in request.Volumes is { IsDefault: false } mounts ? mounts : []) json.WriteStringValue($"volume {mount.Volume}:{mount.Path}:{mount.ReadOnly}");
            json.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    // As text: JSON has no number for NaN, which is hashed before it is refused.
    private static void WriteText(Utf8JsonWriter json, IFormattable? value) =>
        json.WriteStringValue(value?.ToString(null, System.Globalization.CultureInfo.InvariantCulture));

    private static void WriteSorted(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? entries)
    {
        json.WriteStartArray();
        foreach (var (key, value) in (entries ?? new Dictionary<string, string>()).OrderBy(x => x.Key, StringComparer.Ordinal))
        {
            json.WriteStringValue(key);
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}

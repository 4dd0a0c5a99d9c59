using System.Text.Json;
using Atoll.Core.Templates;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Images;

/// <summary>The templates that are ready in this host's storage. Read at <see cref="ReloadAsync"/>; <see cref="Ready"/> is swapped whole. Threads: any member at any time.</summary>
internal sealed partial class TemplateCatalog(ISandboxStorage storage, ILogger<TemplateCatalog> log)
{
    private volatile IReadOnlyList<Template> _ready = [];

    public IReadOnlyList<Template> Ready => _ready;

    public async Task ReloadAsync(CancellationToken cancellation)
    {
        var ready = new List<Template>();
        foreach (var tree in await storage.ListTemplatesAsync(cancellation))
        {
            if (Read(tree) is { } manifest) ready.Add(new Template(manifest.Name, manifest.SizeBytes, manifest.BuiltAt, manifest.User, manifest.WorkingDirectory));
        }

        _ready = ready;
    }

    /// <summary>A template's manifest, or null when it has none that can be read: it is then built anew.</summary>
    public TemplateManifest? Read(TemplateTree tree)
    {
        try
        {
            return JsonSerializer.Deserialize(tree.Manifest, TemplateManifestJson.Default.TemplateManifest);
        }
        catch (JsonException broken)
        {
            LogBroken(tree.Name, broken.Message);
            return null;
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "The manifest of template {Template} cannot be read: {Reason}")]
    private partial void LogBroken(string template, string reason);
}

using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Images.Building;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>Makes the storage pool and builds templates that are missing or out of date. May run beside a server: storage and builds lock for themselves.</summary>
public sealed class MachinePreparation
{
    private readonly ISandboxStorage _storage;
    private readonly TemplateBuilder _builder;
    private readonly MachineOptions _options;

    internal MachinePreparation(ISandboxStorage storage, TemplateBuilder builder, IOptions<MachineOptions> options) => (_storage, _builder, _options) = (storage, builder, options.Value);

    /// <summary>Every template that can be built.</summary>
    public IReadOnlyList<string> Templates => _builder.Known;

    public async Task<Result<Done>> PrepareAsync(IReadOnlyList<string> templates, IProgress<string> progress, CancellationToken cancellation)
    {
        HostFolders.MakePrivate(_options.StateDirectory);
        HostFolders.MakePrivate(_options.RuntimeDirectory);
        var opened = await _storage.OpenAsync(cancellation);
        if (opened.Fault is not null) return opened;

        var pool = _storage.MeasurePool();
        progress.Report($"{_storage.Kind} pool, {pool.FreeBytes >> 30} GiB free");
        foreach (var template in templates)
        {
            var built = await _builder.EnsureAsync(template, new Prefixed(progress, template), cancellation);
            if (!built.TryGet(out var fresh, out var fault)) return fault;
            progress.Report(fresh ? $"template {template} is ready" : $"template {template} is up to date");
        }

        return Done.Value;
    }

    private sealed class Prefixed(IProgress<string> progress, string template) : IProgress<string>
    {
        public void Report(string value) => progress.Report($"template {template}: {value}");
    }
}

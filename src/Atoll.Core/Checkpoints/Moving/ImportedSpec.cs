using Atoll.Core.Checkpoints.Service;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Requests;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// What an import takes from a manifest, checked as a request is: the checkpoint's name and comment, and of its sandbox the isolation, user, directory, environment and metadata. All else is as in a
/// sandbox that is made here without asking for anything.
/// </summary>
internal sealed class ImportedSpec(RequestResolver resolver, ISavedDisks disks)
{
    public Result<(CheckpointDraft Draft, SandboxSpec Spec)> Of(ExportManifest manifest, ImportRequest request)
    {
        var kind = manifest.Memory is null ? CheckpointKind.Disk : CheckpointKind.Full;
        if (CheckpointRules.Check(new CheckpointRequest(kind, request.Name, request.Comment)).Fault is { } mistakes) return mistakes;
        var named = CheckpointRules.Check(new CheckpointRequest(kind, request.Name ?? manifest.Name, request.Comment ?? manifest.Comment));
        if (!named.TryGet(out var draft, out var fault)) return Unsound(fault);
        var from = manifest.Sandbox;
        if (Isolation(from.Isolation) is not { } isolation) return ExportFaults.Invalid("its isolation is not known here.");
        if (kind is CheckpointKind.Full && disks.WhyNoMemory(isolation) is { } unable) return unable;
        SandboxRequest asked = new() { Isolation = isolation, Env = from.Env, Metadata = from.Metadata, User = from.User, WorkingDirectory = from.WorkingDirectory };
        if (!resolver.Resolve(asked, template: from.Template).TryGet(out var spec, out fault)) return fault.Code is FaultCode.IsolationUnavailable ? fault : Unsound(fault);
        return (draft, spec);
    }

    private static Fault Unsound(Fault fault) => ExportFaults.Invalid($"what its manifest says is not valid ({string.Join(", ", fault.Fields.Keys.Order(StringComparer.Ordinal))}).");

    private static IsolationKind? Isolation(string word)
    {
        foreach (var kind in Enum.GetValues<IsolationKind>())
        {
            if (IsolationNames.Of(kind) == word) return kind;
        }

        return null;
    }
}

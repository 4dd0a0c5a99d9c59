using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Whether an export may come in: what it says of itself is valid here, and the team's quota has room for it. While it comes, it counts with all that its streams may write.</summary>
internal sealed class ImportAdmission(ImportedSpec specs, Admissions admissions, IMachine machine, IOptions<CheckpointOptions> options)
{
    public string Node => machine.Description.Node;

    public Result<(CheckpointDraft Draft, SandboxSpec Spec)> Admit(TeamId team, ExportManifest manifest, ImportRequest request)
    {
        if (!specs.Of(manifest, request).TryGet(out var admitted, out var fault)) return fault;
        return admissions.Take(team, admitted.Draft.Id, manifest.RawBytes, options.Value.MostPerTeam).Map(_ => admitted);
    }

    /// <summary>It is here, and this is what it takes.</summary>
    public void Settle(TeamId team, CheckpointId id, long bytes)
    {
        admissions.GiveBack(team, id);
        admissions.Readmit(team, id, bytes);
    }

    public void GiveBack(TeamId team, CheckpointId id) => admissions.GiveBack(team, id);
}

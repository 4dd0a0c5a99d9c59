using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Core.Volumes;
using Atoll.Core.Volumes.Living;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>Which volumes a sandbox gets, and where.</summary>
internal sealed class MountRules(VolumeDirectory volumes, IOptions<VolumeOptions> options)
{
    private const int MaxPathBytes = 1024;
    private const int MaxNameBytes = 255;

    /// <summary>What a sandbox's system has there: neither this nor anything below it.</summary>
    private static readonly ImmutableArray<string> Whole = ["/proc", "/sys", "/dev", "/.atoll", "/etc/resolv.conf", "/etc/hosts", "/etc/hostname"];

    /// <summary>Would hide the system that the sandbox needs to run; folders below are free.</summary>
    private static readonly ImmutableArray<string> Itself = ["/", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/boot"];

    /// <param name="remembered">Memory that goes on has these, and no others; null where there is no memory.</param>
    public ImmutableList<VolumeMount>? Check(FieldErrors errors, TeamId? team, ImmutableArray<MountRequest>? asked, ImmutableList<VolumeMount>? remembered)
    {
        var mounts = ImmutableList.CreateBuilder<VolumeMount>();
        if (asked is { IsDefaultOrEmpty: false } requests)
        {
            var most = options.Value.MostPerSandbox;
            if (requests.Length > most) errors.Add("volumes", $"At most {most} volumes can be mounted in one sandbox; there are {requests.Length}.");
            for (var index = 0; index < Math.Min(requests.Length, most); index++)
            {
                if (Mount(errors, $"volumes[{index}]", team, requests[index], mounts) is { } mount) mounts.Add(mount);
            }
        }

        if (remembered is not null && !Same(mounts, remembered))
            errors.Add("volumes", "What goes on with its memory goes on with the volumes it had: leave them out, or fork with kind 'disk'.");
        return mounts.Count == 0 ? null : mounts.ToImmutable();
    }

    public static bool Same(IEnumerable<VolumeMount>? one, IEnumerable<VolumeMount>? other) => (one ?? []).ToHashSet().SetEquals(other ?? []);

    private VolumeMount? Mount(FieldErrors errors, string field, TeamId? team, MountRequest request, IEnumerable<VolumeMount> before)
    {
        var path = request.Path is { Length: > 1 } given && given.EndsWith('/') ? given[..^1] : request.Path ?? "";
        if (PathMistake(path) is { } mistake) errors.Add(field + ".path", mistake);
        else if (before.FirstOrDefault(other => Overlap(other.Path, path)) is { } other) errors.Add(field + ".path", $"'{path}' and '{other.Path}' lie one within the other.");
        if ((team is { } owner ? volumes.Find(owner, request.Volume ?? "") : null) is not { } volume)
        {
            errors.Add(field + ".volume", VolumeFaults.NotFound(request.Volume ?? ""));
            return null;
        }

        if (volume.ReadOnly && !request.ReadOnly) errors.Add(field + ".readOnly", "This volume is a snapshot, which nobody can write to: mount it with readOnly, or make a clone of it.");
        return new(volume.Id, path, request.ReadOnly);
    }

    private static string? PathMistake(string path)
    {
        if (!path.StartsWith('/')) return "Must be an absolute path.";
        if (path.Any(char.IsControl) || !EnvironmentRules.IsText(path)) return "Must be text without control characters.";
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes) return $"May have at most {MaxPathBytes} bytes.";
        if (Itself.Contains(path) || Whole.Any(own => Overlap(own, path))) return $"'{path}' is part of the sandbox's own system: choose another place.";
        var parts = path[1..].Split('/');
        if (parts.Any(part => part is "" or "." or "..")) return "Must have no empty part, and no '.' or '..'.";
        return parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxNameBytes) ? $"No part of it may have more than {MaxNameBytes} bytes." : null;
    }

    private static bool Overlap(string one, string other) => one == other || IsBelow(one, other) || IsBelow(other, one);

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}

using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Requests;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>What a caller may write. Every mistake at once.</summary>
internal static class CheckpointRules
{
    public const int MostForks = 100;
    private const int MaxComment = 1000;

    public static Result<CheckpointDraft> Check(CheckpointRequest request)
    {
        FieldErrors errors = new();
        if (!Enum.IsDefined(request.Kind)) errors.Add("kind", "Must be one of: disk, full.");
        if (request.Name is { } name) CheckName(errors, name);
        if (request.Comment is { } comment && (comment.Length > MaxComment || comment.Any(c => char.IsControl(c) && c != '\n'))) errors.Add("comment", $"A comment is at most {MaxComment} characters, with no control characters but line breaks.");
        return errors.ToFault() is { } fault ? fault : new CheckpointDraft(CheckpointId.New(), request.Name, request.Comment, request.Kind);
    }

    public static Fault? Check(ForkRequest request)
    {
        FieldErrors errors = new();
        if (request.Count is < 1 or > MostForks) errors.Add("count", $"Must be 1 to {MostForks}.");
        if (request.Kind is { } kind && !Enum.IsDefined(kind)) errors.Add("kind", "Must be one of: disk, full.");
        if (request.Sandbox.Name is { } name) NameRules.Check(errors, name);
        return errors.ToFault();
    }

    private static void CheckName(FieldErrors errors, string name)
    {
        NameRules.Check(errors, name);
        if (CheckpointId.TryParse(name, out _)) errors.Add("name", "This has the form of a checkpoint id ('c' and 20 letters or digits), which a name must not have.");
    }
}

using Atoll.Core.Faults;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Storage.Volumes;

/// <summary>What the kernel says of a path in a volume, as the files API says it.</summary>
internal static class FileFaults
{
    private const int MostErrno = 4096;

    public static Fault BadPath(string path) => Make(FaultCode.InvalidPath, path, "is longer than 4,095 bytes, or has a NUL in it.");

    public static Fault NoName(string path) => Make(FaultCode.InvalidPath, path, "names no entry of a directory.");

    public static Fault NotRegular(string path, bool directory) => directory ? Make(FaultCode.IsADirectory, path, "is a directory.") : Make(FaultCode.NotARegularFile, path, "is no regular file.");

    public static Fault Exists(string path) => Make(FaultCode.FileExists, path, "is there already.");

    public static Fault NoOwner(string owner) => new(
        FaultCode.UserNotFound, FaultSide.Caller, FaultStage.File, $"'{owner}' is no owner in a volume, which knows no users' names.", "Give numbers: 1000, or 1000:1000.");

    /// <summary>Runs blocking calls off the caller's thread. Failures that are not the file system's (the upload's own) are thrown on.</summary>
    public static async Task<Result<T>> GuardAsync<T>(string path, Func<Task<Result<T>>> work, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(work, cancellation);
        }
        catch (IOException failure) when (failure.HResult is > 0 and < MostErrno)
        {
            return Explain(failure, path);
        }
    }

    public static Task<Result<T>> GuardAsync<T>(string path, Func<Result<T>> work, CancellationToken cancellation) => GuardAsync(path, () => Task.FromResult(work()), cancellation);

    private static Fault Explain(IOException failure, string path) => failure.HResult switch
    {
        2 => Make(FaultCode.FileNotFound, path, "is not there."),
        1 or 13 or 30 => Make(FaultCode.PermissionDenied, path, "may not be used so."),
        6 => NotRegular(path, directory: false),
        17 => Exists(path),
        18 or 36 or 40 => Make(FaultCode.InvalidPath, path, "leads nowhere: a symlink in it ends outside or in a circle, or a part of it is too long."),
        20 => Make(FaultCode.NotADirectory, path, "has a part that is no directory."),
        21 => NotRegular(path, directory: true),
        39 => Make(FaultCode.DirectoryNotEmpty, path, "is not empty."),
        28 or 122 => new(FaultCode.NoSpace, FaultSide.Caller, FaultStage.File, "The volume is full: its size, or the pool, is used up.", "Remove files, or give the volume a larger sizeMiB."),
        27 => Make(FaultCode.TooLarge, path, "would become too large."),
        _ => HostShortage.Explain(failure) ?? StorageFaults.Host(failure.Message),
    };

    private static Fault Make(FaultCode code, string path, string what) =>
        new(code, FaultSide.Caller, FaultStage.File, $"'{(path.Length <= 200 ? path : path[..200] + "…")}' {what}");
}

using Atoll.Agent.Files.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files;

/// <summary>A file call that could not do what it was asked: the code the host gets, and a sentence for people.</summary>
internal sealed class FileFailure(FailureCode code, string message) : Exception(message)
{
    public FailureCode Code { get; } = code;

    public static FileFailure Of(int errno, ReadOnlySpan<byte> path)
    {
        var name = GuestPath.Display(path);
        var (code, text) = errno switch
        {
            Errno.NotFound => (FailureCode.NotFound, $"{name} does not exist"),
            Errno.Exists => (FailureCode.Exists, $"{name} is already there"),
            Errno.IsADirectory => (FailureCode.IsADirectory, $"{name} is a directory"),
            Errno.NotADirectory => (FailureCode.NotADirectory, $"{name}, or something on the way to it, is not a directory"),
            Errno.NotEmpty => (FailureCode.NotEmpty, $"{name} is a directory that is not empty"),
            Errno.NotPermitted or Errno.AccessDenied => (FailureCode.PermissionDenied, $"{name}: permission denied"),
            Errno.ReadOnly => (FailureCode.PermissionDenied, $"{name} is on a read-only filesystem"),
            Errno.Busy or Errno.TextBusy => (FailureCode.PermissionDenied, $"{name} is in use (a mount point, or a running program)"),
            Errno.NoSpace => (FailureCode.NoSpace, $"{name}: no space left"),
            Errno.Quota => (FailureCode.NoSpace, $"{name}: the disk limit is reached"),
            Errno.FileTooBig => (FailureCode.TooLarge, $"{name}: larger than the filesystem takes"),
            Errno.NameTooLong => (FailureCode.InvalidPath, $"{name}: the path or a name in it is too long"),
            Errno.Loop => (FailureCode.InvalidPath, $"{name}: too many symlinks on the way"),
            Errno.TooManyOpen or Errno.TooManyInSystem => (FailureCode.TooMany, $"{name}: too many open files in the sandbox"),
            Errno.NoDevice => (FailureCode.NotARegularFile, $"{name} is not a regular file"),
            _ => (FailureCode.Internal, $"{name}: error {errno}"),
        };
        return new FileFailure(code, text);
    }

    public static void Check(int errno, ReadOnlySpan<byte> path)
    {
        if (errno != 0) throw Of(errno, path);
    }

    public static FileFailure NotRegular(ReadOnlySpan<byte> path) => new(FailureCode.NotARegularFile, $"{GuestPath.Display(path)} is not a regular file");

    public static FileFailure Invalid(string message) => new(FailureCode.InvalidRequest, message);
}

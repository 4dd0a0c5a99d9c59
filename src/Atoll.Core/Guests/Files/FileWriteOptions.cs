namespace Atoll.Core.Guests.Files;

/// <summary>How a file is written.</summary>
/// <param name="Parents">Make missing parents, owned by <paramref name="Owner"/>.</param>
/// <param name="Mode">Permission bits; null keeps those of the file that is replaced, or 0644.</param>
/// <param name="Owner">Null keeps that of the file that is replaced, or root.</param>
/// <param name="Overwrite">A file that is there is replaced; else it is <see cref="Faults.FaultCode.FileExists"/>.</param>
public sealed record FileWriteOptions(bool Parents, int? Mode, FileOwner? Owner, bool Overwrite = true);

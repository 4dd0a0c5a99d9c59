namespace Atoll.Agent.Files.Changing;

/// <param name="Mode">Null keeps that of the file that is replaced, or 0644.</param>
/// <param name="Owner">Null keeps that of the file that is replaced, or root.</param>
internal readonly record struct WriteOptions(bool Parents, uint? Mode, Ownership? Owner, bool Overwrite);

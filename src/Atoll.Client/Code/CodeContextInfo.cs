namespace Atoll.Client.Code;

/// <summary>A context.</summary>
/// <param name="Pid">Its interpreter; null while none runs.</param>
public sealed record CodeContextInfo(string Id, string? Name, string Language, string User, string Cwd, int? Pid, bool Busy);

namespace Atoll.Agent.Processes;

/// <summary>What a process was started as.</summary>
internal sealed record ProcessIdentity(int Pid, string Tag, IReadOnlyList<byte[]> Argv, string User, byte[] WorkingDirectory, bool Terminal, long StartedUnixMilliseconds);

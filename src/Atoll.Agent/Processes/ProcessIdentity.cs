namespace Atoll.Agent.Processes;

/// <summary>What a process was started as.</summary>
/// <param name="Unlisted">The host's own: in no list and no log.</param>
internal sealed record ProcessIdentity(int Pid, string Tag, IReadOnlyList<byte[]> Argv, string User, byte[] WorkingDirectory, bool Terminal, long StartedUnixMilliseconds, bool Unlisted);

using Atoll.Agent.Users;

namespace Atoll.Agent.Processes.Starting;

/// <summary>A process as it is to be started: everything resolved that does not need the process itself.</summary>
/// <param name="Programs">Paths to try in order, as a PATH is.</param>
internal sealed record Launch(
    IReadOnlyList<byte[]> Programs,
    IReadOnlyList<byte[]> Argv,
    IReadOnlyList<byte[]> Env,
    byte[] WorkingDirectory,
    GuestUser User,
    int OomScore);

namespace Atoll.Agent.Native;

/// <summary>Where starting a process failed; enum stage of native.c.</summary>
internal enum SpawnStage
{
    None,
    Fork,
    Session,
    Streams,
    User,
    Directory,
    Exec,
}

using Atoll.Client.Processes;

namespace Atoll.Cli.Attaching;

/// <summary>Where a process's output goes.</summary>
internal interface IOutputSink
{
    void Write(in ProcessOutput output);
}

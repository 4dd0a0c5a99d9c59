using System.Net.Sockets;
using Atoll.Core.Faults;

namespace Atoll.Machine.Hosting;

/// <summary>Failures of any call at all that say that the host, or what it allows this server, is exhausted: nobody's mistake, and over when somebody gives something back.</summary>
public static class HostShortage
{
    // errno(3): for all of the host, and for this process.
    private const int TooManyFilesOfHost = 23;
    private const int TooManyFiles = 24;

    public static Fault Files { get; } = new(
        FaultCode.CapacityExhausted,
        FaultSide.Host,
        FaultStage.Admission,
        "The server has as many files and connections open as it may.",
        "Try again. If it stays, see who holds connections open, and raise the server's limit of open files (LimitNOFILE of its unit).");

    /// <summary>Null when it is no shortage.</summary>
    public static Fault? Explain(Exception? failure) => failure switch
    {
        null => null,
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } or SocketException { NativeErrorCode: TooManyFilesOfHost or TooManyFiles } => Files,
        IOException { HResult: TooManyFilesOfHost or TooManyFiles } => Files,
        AggregateException several => several.InnerExceptions.Select(Explain).FirstOrDefault(fault => fault is not null),
        _ => Explain(failure.InnerException),
    };
}

using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Ports;

/// <summary>
/// Ports of sandboxes as they are reached from outside.
/// <para>Vocabulary. Every port is open to keys of its team. An <i>exposed</i> one is open to whoever has its token, or, when it is <i>public</i>, to anybody, until its time is up, it is closed or
/// its sandbox ends. A token is <c>atoll_port_</c> and 43 letters or digits (256 random bits); only its SHA-256 is stored. Exposing a port again replaces its token, and ends what the old one has open.</para>
/// <para>Threads: any member at any time. Changes go through the sandbox's grain.</para>
/// </summary>
public interface IPorts
{
    Task<Result<OpenedPort>> ExposeAsync(TeamId team, string idOrName, int port, PortRequest request, CancellationToken cancellation);

    /// <summary>From the reply on nobody comes in, and what is open because of it ends. <see cref="FaultCode.PortNotExposed"/> when it is not exposed.</summary>
    Task<Result<Sandbox>> CloseAsync(TeamId team, string idOrName, int port, CancellationToken cancellation);

    /// <summary>
    /// Whether somebody without a key may reach a port: whose sandbox it is then, else null, whatever the reason. From memory alone, and in a time that tells nothing of the token.
    /// </summary>
    /// <param name="tokens">What he has presented.</param>
    AdmittedVisit? Admit(SandboxId id, int port, IReadOnlyCollection<string> tokens);

    /// <summary>A visit that was admitted begins; it holds for as long as the exposure would let it in again.</summary>
    OpenVisit Open(SandboxId id, int port, AdmittedVisit visit);
}

using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Code;

/// <summary>
/// Code run in a sandbox, in contexts that keep their state.
/// <para>Vocabulary. A <i>context</i> is one interpreter's state: variables, imports, functions, working directory. Each language has a <i>default context</i> for each user, made when
/// it is first used. An <i>execution</i> is one piece of code in a context; a context has one at a time, others wait in order, at most <see cref="CodeOptions.QueueLength"/> of them.</para>
/// <para>Worked flow: <see cref="RunAsync"/> waits for its turn, starts the context's interpreter if none lives, and returns when the code has begun; the events that come back end
/// with <see cref="CodeEnded"/>. Whoever stops reading before interrupts the execution. Time being up, or <see cref="InterruptAsync"/>, interrupts it too (SIGINT to its process
/// group); state is kept. Code that does not heed that for <see cref="CodeOptions.InterruptGraceSeconds"/> is killed, and its state is lost. What is written while nothing is
/// executed (by threads and background processes) is not passed on.</para>
/// <para>Whose are they. The interpreter is a process of the sandbox with a tag of its own (<c>~code~…</c>): it outlives this server, and a new one finds it by listing. What ran
/// in it when the server went away is interrupted by the first execution after.</para>
/// <para>Faults: <see cref="FaultCode.CommandNotFound"/> when the template has no such interpreter, <see cref="FaultCode.CodeContextNotFound"/>, <see cref="FaultCode.NameTaken"/>,
/// <see cref="FaultCode.TooMany"/> for contexts and for the queue, <see cref="FaultCode.InvalidRequest"/> with all fields.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface ICodeContexts
{
    /// <summary>Makes a context and starts its interpreter.</summary>
    Task<Result<CodeContext>> CreateAsync(LiveSandbox sandbox, CodeContextRequest request, CancellationToken cancellation);

    Task<Result<IReadOnlyList<CodeContext>>> ListAsync(LiveSandbox sandbox, CancellationToken cancellation);

    /// <summary>Ends a context and what runs in it.</summary>
    Task<Result<Done>> DeleteAsync(LiveSandbox sandbox, string context, CancellationToken cancellation);

    /// <summary>Interrupts what runs in a context; with nothing running it does nothing.</summary>
    Task<Result<Done>> InterruptAsync(LiveSandbox sandbox, string context, CancellationToken cancellation);

    /// <summary>Ends a context's interpreter, and what runs in it, and starts a fresh one.</summary>
    Task<Result<CodeContext>> RestartAsync(LiveSandbox sandbox, string context, CancellationToken cancellation);

    /// <summary>Runs code. Enumerate the events once; leaving the enumeration interrupts the execution, and so does <paramref name="cancellation"/>, also after this has returned.</summary>
    Task<Result<IAsyncEnumerable<CodeEvent>>> RunAsync(LiveSandbox sandbox, CodeRequest request, CancellationToken cancellation);

    /// <summary>
    /// Starts the interpreter of a language's default context where none is yet, without running anything in it: the first execution finds it and need start no process. For sandboxes that nobody
    /// owns yet: it goes by the sandbox's processes alone. The first execution gives it the environment and directory of the sandbox as it then is; only its user must be right.
    /// </summary>
    Task<Result<Done>> WarmAsync(IGuest guest, CodeLanguage language, string user, string workingDirectory, CancellationToken cancellation);
}

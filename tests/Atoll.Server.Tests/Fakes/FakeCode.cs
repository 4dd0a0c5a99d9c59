using Atoll.Core.Code;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Tests.Fakes;

/// <summary>For requests that must be refused before any code is run.</summary>
internal sealed class FakeCode : ICodeContexts
{
    public Task<Result<CodeContext>> CreateAsync(LiveSandbox sandbox, CodeContextRequest request, CancellationToken cancellation) => throw Reached();

    public Task<Result<IReadOnlyList<CodeContext>>> ListAsync(LiveSandbox sandbox, CancellationToken cancellation) => throw Reached();

    public Task<Result<Done>> DeleteAsync(LiveSandbox sandbox, string context, CancellationToken cancellation) => throw Reached();

    public Task<Result<Done>> InterruptAsync(LiveSandbox sandbox, string context, CancellationToken cancellation) => throw Reached();

    public Task<Result<CodeContext>> RestartAsync(LiveSandbox sandbox, string context, CancellationToken cancellation) => throw Reached();

    public Task<Result<IAsyncEnumerable<CodeEvent>>> RunAsync(LiveSandbox sandbox, CodeRequest request, CancellationToken cancellation) => throw Reached();

    public Task<Result<Done>> WarmAsync(IGuest guest, CodeLanguage language, string user, string workingDirectory, CancellationToken cancellation) => throw Reached();

    private static InvalidOperationException Reached() => new("A request came as far as the sandbox's code.");
}

using Atoll.Agent.Calls;
using Atoll.Agent.Files.Reading;

namespace Atoll.Agent.Files.Calls;

/// <summary>Answers a file call; what fails as files do is the call's failure.</summary>
internal abstract class FileCallHandler(AccountFiles accounts) : ICallHandler
{
    public virtual bool TakesInput => false;

    public async Task HandleAsync(CallContext call)
    {
        try
        {
            await AnswerAsync(call, accounts.Current());
        }
        catch (FileFailure failure)
        {
            await call.FailAsync(failure.Code, failure.Message);
        }
    }

    protected abstract Task AnswerAsync(CallContext call, Accounts accounts);

    /// <summary>
    /// Work that may take long without waiting for the connection: on a thread of its own, since the pool has one for each processor of the sandbox, which may be a single one.
    /// </summary>
    protected static Task<T> OnOwnThreadAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

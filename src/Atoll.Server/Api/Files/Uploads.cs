using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;

namespace Atoll.Server.Api.Files;

/// <summary>Reports an upload that failed because of its body as the body's fault, whichever way the reader took the failure.</summary>
internal static class Uploads
{
    public static async Task<Result<T>> GuardAsync<T>(BoundedStream body, Func<Task<Result<T>>> upload)
    {
        try
        {
            var done = await upload();
            return !done.Succeeded && body.Failure is { } cause ? cause : done;
        }
        catch (RefusedException refused)
        {
            return refused.Fault;
        }
        catch (Exception) when (body.Failure is not null)
        {
            return body.Failure;
        }
    }
}

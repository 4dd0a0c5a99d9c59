using Atoll.Core.Faults;

namespace Atoll.Server.Http.Faults;

/// <summary>A fault as the answer to a request.</summary>
internal sealed class FaultResult(Fault fault) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => FaultStatus.Of(fault.Code);

    public Fault Fault => fault;

    public static implicit operator FaultResult(Fault fault) => new(fault);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if ((fault.RetryAfterSeconds ?? FaultStatus.RetryAfter(fault.Code)) is { } seconds) httpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return ProblemWriter.WriteAsync(httpContext, Problem.Of(fault));
    }
}

namespace Atoll.Testing.Server;

/// <summary>Notes which operations of the API the running test calls.</summary>
public sealed class OperationRecorder : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Operations.Record(request.Method.Method, request.RequestUri!.AbsolutePath);
        return base.SendAsync(request, cancellationToken);
    }
}

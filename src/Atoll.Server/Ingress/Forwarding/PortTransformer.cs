using Atoll.Server.Ingress.Addresses;
using Yarp.ReverseProxy.Forwarder;

namespace Atoll.Server.Ingress.Forwarding;

/// <summary>One request to a port, and its answer, as each side is to see them.</summary>
internal sealed class PortTransformer(PortAddress address, string path, string query) : HttpTransformer
{
    // Names nobody: the connection is there already.
    private const string Origin = "http://localhost";

    // What the client wrote is sent as it is: every tidying would be one more reading of it.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        RequestCleaning.Apply(httpContext, address, proxyRequest);
        proxyRequest.RequestUri = new Uri(Origin + path + query, AsWritten);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null) return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        AnswerCleaning.Drop(address, proxyResponse);
        var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        AnswerCleaning.Rewrite(httpContext, address);

        // The head of a stream that has nothing to say yet (server-sent events) is an answer all the same; and what has begun is never taken for a bare status of this server's.
        var response = httpContext.Response;
        if (response.StatusCode is not StatusCodes.Status101SwitchingProtocols && response.ContentLength is null) await response.Body.FlushAsync(cancellationToken);
        return copied;
    }
}

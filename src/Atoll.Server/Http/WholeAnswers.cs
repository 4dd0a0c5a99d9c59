using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Http;

/// <summary>
/// Sends a JSON answer whole: with its length, headers and body in one system call. The framework's own way sends it in chunks, and the last, empty one only when everything around the
/// handler is through, so that every client would wait for the request's log line as well.
/// </summary>
internal sealed class WholeAnswers(IOptions<JsonOptions> json) : IEndpointFilter
{
    private const string ContentType = "application/json; charset=utf-8";
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var inner = result;
        while (inner is INestedHttpResult nested) inner = nested.Result;
        if (inner is not IValueHttpResult { Value: { } value }) return result;
        var response = context.HttpContext.Response;
        switch (inner)
        {
            case IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK }:
                return new Whole(StatusCodes.Status200OK, value, _json);

            // Where it is, the handler has put into the headers itself.
            case IStatusCodeHttpResult { StatusCode: StatusCodes.Status201Created } when response.Headers.Location.Count > 0:
                return new Whole(StatusCodes.Status201Created, value, _json);
            default:
                return result;
        }
    }

    private sealed class Whole(int status, object value, JsonSerializerOptions options) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(value, options.GetTypeInfo(value.GetType()));
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = ContentType;
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}

using Atoll.Core.Teams;
using Atoll.Server.Http.Access;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Atoll.Server.Http.Documents;

/// <summary>What the OpenAPI document says beyond what the routes themselves tell: who is let in, how every route fails, and parameters with a binding of their own.</summary>
internal static class ApiDocument
{
    private const string ProblemSchema = "Problem";

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(CompleteAsync);
    }

    private static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new()
        {
            Title = "Atoll",
            Version = "1",
            Description = "Isolated computers for AI agents. Every failure is a problem (RFC 9457) with a stable code. Unknown fields and query parameters are refused.",
        };
        document.Servers = [];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            ["header"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-API-Key" },
        };
        document.AddComponent(ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellation));
        foreach (var (path, item) in document.Paths.Where(pair => pair.Key.StartsWith("/v1", StringComparison.Ordinal)))
        {
            foreach (var (_, operation) in item.Operations ?? [])
            {
                // OpenAPI 3.1 lets a scheme that is not OAuth name the roles it needs: ours are scopes of keys.
                var scopes = ScopeWords.Of(OperationScopes.Of(operation.OperationId) ?? KeyScopes.None);
                operation.Security =
                [
                    new() { [new OpenApiSecuritySchemeReference("bearer", document)] = [.. scopes] },
                    new() { [new OpenApiSecuritySchemeReference("header", document)] = [.. scopes] },
                ];
            }
        }
    }

    private static Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var parameters = context.Description.ActionDescriptor.EndpointMetadata.OfType<IParameterBindingMetadata>().ToList();
        operation.Parameters = [.. (operation.Parameters ?? []).Where(parameter => parameter is { In: ParameterLocation.Path or ParameterLocation.Query } && parameters.All(own => own.Name != parameter.Name || !IsOwn(own)))];
        if (parameters.Any(parameter => parameter.ParameterInfo.ParameterType == typeof(GuestPath)))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "path",
                In = ParameterLocation.Query,
                Required = true,
                Description = "Absolute, or relative to the sandbox's working directory; 1 to 4,095 bytes without NUL. They need not be UTF-8: percent-encode them as they are.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (parameters.Any(parameter => parameter.ParameterInfo.ParameterType == typeof(IdempotencyKey)))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Description = "A repeated request with the same key returns the first one's result.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = IdempotencyKey.MaxLength },
            });
        }

        operation.Responses ??= [];
        operation.Responses["4XX"] = Failure("The request was refused: code, detail and hint say why.", context);
        operation.Responses["5XX"] = Failure("The server, its host or the sandbox failed: code, detail and hint say how.", context);
        return Task.CompletedTask;
    }

    private static bool IsOwn(IParameterBindingMetadata parameter) => parameter.ParameterInfo.ParameterType == typeof(GuestPath)
        || parameter.ParameterInfo.ParameterType == typeof(IdempotencyKey) || parameter.ParameterInfo.ParameterType == typeof(Call);

    private static OpenApiResponse Failure(string description, OpenApiOperationTransformerContext context) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, context.Document) } },
    };
}

using System.Collections.Concurrent;
using System.Reflection;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.Metadata;

namespace Atoll.Server.Http;

/// <summary>
/// Refuses what a route would otherwise pass over in silence: names in the query that it does not know (a mistyped <c>recursve=true</c> must not remove less than was meant),
/// a name given twice, and bodies under a content encoding, which nothing here unpacks.
/// </summary>
internal sealed class StrictRequests(RequestDelegate next)
{
    private readonly ConcurrentDictionary<Endpoint, HashSet<string>> _known = new();

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Headers.ContentEncoding is [{ } encoding] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return ProblemWriter.WriteAsync(http, Problem.Of(
                415, "unsupported_media_type", "A request's body must not be compressed by Content-Encoding.", "Send it as it is; archives may be tar.gz by themselves."));
        }

        if (http.GetEndpoint() is not RouteEndpoint endpoint || http.Features.Get<Core.Teams.KeyHolder>() is null) return next(http);
        var known = _known.GetOrAdd(endpoint, NamesOf);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in RawQuery.Pairs(http.Request.QueryString.Value))
        {
            var filter = name.StartsWith(MetadataFilters.Prefix, StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<MetadataFilters>() is not null;
            if (!filter && !known.Contains(name))
                throw new RefusedException(HttpFaults.Invalid(name, "is not a query parameter of this route", known.Count == 0 ? "It takes none." : "It takes " + string.Join(", ", known.Order(StringComparer.Ordinal)) + "."));
            if (!seen.Add(name)) throw new RefusedException(HttpFaults.Invalid(name, "is there twice"));
        }

        return next(http);
    }

    /// <summary>Names that a route reads from its query.</summary>
    public static HashSet<string> NamesOf(Endpoint endpoint)
    {
        var route = ((RouteEndpoint)endpoint).RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(parameter => IsFromQuery(parameter.ParameterInfo) && !route.Contains(parameter.Name))
            .Select(parameter => parameter.Name)
            .ToHashSet(StringComparer.Ordinal);
    }

    private static bool IsFromQuery(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type == typeof(string) || type == typeof(GuestPath) || type.IsPrimitive;
    }
}

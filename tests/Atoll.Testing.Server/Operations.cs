using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Atoll.Testing.Server;

/// <summary>The operations of docs/openapi.json, and which of them each test really called.</summary>
public static class Operations
{
    private static readonly ConcurrentDictionary<(string Test, string Operation), bool> Called = new();

    // Literal segments go before parameters: /files/stat is not /files/{name}.
    private static readonly ImmutableArray<(string Id, string Method, Regex Path)> Known =
    [
        .. from path in (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(RealServer.Repository, "docs", "openapi.json")))!["paths"]!
           from operation in (JsonObject)path.Value!
           orderby path.Key.Count(c => c == '{')
           select ((string)operation.Value!["operationId"]!, operation.Key.ToUpperInvariant(), new Regex("^" + Regex.Replace(path.Key, @"\{[^}]+\}", "[^/]+") + "$")),
    ];

    public static IEnumerable<string> All => Known.Select(operation => operation.Id);

    public static void Record(string method, string path)
    {
        if (TestContext.Current.Test?.UniqueID is not { } test) return;
        var found = Known.FirstOrDefault(operation => operation.Method == method && operation.Path.IsMatch(path));
        if (found.Id is not null) Called[(test, found.Id)] = true;
    }

    public static bool WasCalledBy(string test, string operation) => Called.ContainsKey((test, operation));
}

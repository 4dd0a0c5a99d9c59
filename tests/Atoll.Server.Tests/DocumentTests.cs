using System.Text.Json;

namespace Atoll.Server.Tests;

public sealed class DocumentTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Document_CheckedIn_IsCurrent()
    {
        using var client = server.Client(null);
        var served = await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        var kept = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "openapi.json"), TestContext.Current.CancellationToken);
        Assert.Equal(Compact(kept), Compact(served));
    }

    [Fact]
    public async Task Document_EveryOperation_HasIdSummaryAndProblems()
    {
        using var client = server.Client(null);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var ids = new HashSet<string>();
        foreach (var operation in document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            Assert.True(ids.Add(operation.Value.GetProperty("operationId").GetString()!));
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("4XX", out _));
        }

        Assert.InRange(ids.Count, 40, 120);
    }

    private static string Compact(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}

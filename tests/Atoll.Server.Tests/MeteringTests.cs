using System.Net;

namespace Atoll.Server.Tests;

public sealed class MeteringTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "sandbox")]
    [InlineData("?groupBy=hour", "at")]
    [InlineData("?groupBy=day&start=2026-01-01T00:00:00Z&end=2026-02-01", "at")]
    public async Task Usage_AsJson_HasSumsAndCosts(string query, string about)
    {
        using var client = server.Client();
        using var response = await client.GetAsync("/v1/usage" + query, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var report = await ServerFixture.ReadAsync(response);
        var line = report.GetProperty("items")[0];
        Assert.Equal(System.Text.Json.JsonValueKind.String, line.GetProperty(about).ValueKind);
        Assert.Equal(2, line.GetProperty("cpuSeconds").GetDouble());
        Assert.Equal((1m, 2m, 3m), (line.GetProperty("cost").GetProperty("cpu").GetDecimal(), line.GetProperty("cost").GetProperty("memory").GetDecimal(), line.GetProperty("cost").GetProperty("total").GetDecimal()));
        Assert.Equal("EUR", report.GetProperty("currency").GetString());
    }

    [Fact]
    public async Task Usage_AsCsv_HasOneLineForEachAndTheCursorInAHeader()
    {
        using var client = server.Client();
        using var response = await client.GetAsync("/v1/usage?format=csv&groupBy=day&limit=1", Cancellation);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("next", response.Headers.GetValues("Atoll-Next-Cursor").Single());
        var lines = (await response.Content.ReadAsStringAsync(Cancellation)).Split("\r\n");
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("sandbox,at,cpuSeconds,", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
        Assert.StartsWith(",1970-01-01T00:00:00Z,2,2,2,2,2,2,2,2,2,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",EUR", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_Mistakes_AllAtOnce()
    {
        using var client = server.Client();
        using var response = await client.GetAsync("/v1/usage?groupBy=week&format=xml&limit=0&start=yesterday&sandbox=%00", Cancellation);
        var problem = await ServerFixture.ProblemAsync(response, 400, "invalid_request");
        Assert.Equal(["format", "groupBy", "limit", "sandbox", "start"], problem.GetProperty("errors").EnumerateObject().Select(x => x.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rates_SayWhatAUnitCosts()
    {
        using var client = server.Client();
        using var response = await client.GetAsync("/v1/usage/rates", Cancellation);
        var rates = await ServerFixture.ReadAsync(response);
        Assert.Equal(("EUR", 0.5m), (rates.GetProperty("currency").GetString(), rates.GetProperty("cpuSecond").GetDecimal()));
    }
}

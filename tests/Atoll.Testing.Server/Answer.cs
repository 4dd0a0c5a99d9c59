using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.Testing.Server;

/// <summary>A reply of the API.</summary>
public sealed record Answer(HttpStatusCode Status, JsonNode? Json, string Text)
{
    /// <summary>The stable code of a problem, or null.</summary>
    public string? Code => (string?)Json?["code"];

    /// <summary>Fails the test unless this is a problem with this status and code, and with a detail for people.</summary>
    public void ShouldBe(HttpStatusCode status, string code)
    {
        Assert.True(Status == status && Code == code, $"expected {(int)status} {code}, got {(int)Status}: {Text}");
        Assert.False(string.IsNullOrWhiteSpace((string?)Json!["detail"]), Text);
    }
}

namespace Atoll.Hostile.Tests.Kit;

internal static class IsolationSupport
{
    /// <summary>Skips the test, with the server's own reason, where an isolation is not available.</summary>
    public static async Task RequireAsync(Api api, string isolation, CancellationToken cancellation)
    {
        var info = (await api.GetAsync("/v1/info", cancellation)).Json!;
        var kind = info["isolation"]!.AsArray().FirstOrDefault(item => (string?)item!["kind"] == isolation);
        Assert.SkipUnless(kind is not null && (bool)kind["available"]!, $"needs isolation {isolation}: {kind?.ToJsonString()}");
    }
}

using Atoll.Machine.Hosting;

namespace Atoll.Machine.Tests.Networking;

internal static class HostTool
{
    public static async Task<string> RunAsync(params string[] argv)
    {
        var ended = await HostCommand.RunAsync(argv, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(ended.Succeeded, ended.Summary);
        return ended.Output;
    }
}

using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Links;
using Atoll.EndToEnd.Tests.Routes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

public abstract partial class CodeSuite
{
    [Fact, Operation("runCode")]
    public async Task Run_WhileTheLinkIsCut_SaysAllOfItAndKeepsItsState()
    {
        Requires.Tool("ss");
        var context = await ContextAsync("python");
        await RunAsync(context, "x = 0");
        await using var cutter = await LinkCutter.StartAsync(_api, _id, TimeSpan.FromMilliseconds(120), Cancelled);
        for (var round = 1; round <= 8; round++)
        {
            var done = await RunAsync(context, "import time\nfor i in range(20):\n    time.sleep(0.03)\n    for j in range(1000): print(i * 1000 + j)\nx += 1\nx");
            Assert.Equal($"{round}", Value(done));
            Assert.Equal(string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number}\n")), (string)done["stdout"]!);
            Assert.Equal((false, false), ((bool)done["truncated"]!, (bool)done["stateLost"]!));
        }

        Assert.SkipUnless(cutter.Cuts > 0, "needs a kernel that destroys sockets when it is asked to (CONFIG_INET_DIAG_DESTROY)");
    }

    [Fact, Operation("runCode")]
    public async Task Run_PausedLongerThanItsTime_IsNotInterrupted()
    {
        var context = await ContextAsync("python");
        await RunAsync(context, "import time");
        var running = RunAsync(context, "print('begun', flush=True)\ntime.sleep(1)\n41 + 1", new JsonObject { ["timeoutSeconds"] = 6 });
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancelled);
        HostCgroup.Freeze(_id, frozen: true);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(9), TimeProvider.System, Cancelled);
        }
        finally
        {
            HostCgroup.Freeze(_id, frozen: false);
        }

        Assert.Equal("42", Value(await running));
    }
}

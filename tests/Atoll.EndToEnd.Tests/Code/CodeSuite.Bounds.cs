using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;

namespace Atoll.EndToEnd.Tests.Code;

/// <summary>What is too much, and what is no text.</summary>
public abstract partial class CodeSuite
{
    private const int MostText = 1024 * 1024;

    [Theory, Operation("runCode")]
    [InlineData("python", "'x' * 20000", "'x' * 180000", "display({'text/plain': 'x' * 2000000}, raw=True)")]
    [InlineData("javascript", "'x'.repeat(20000)", "'x'.repeat(180000)", "display({ 'text/plain': 'x'.repeat(2000000) }, { raw: true })")]
    public async Task Run_LongResults_AreWholeUpToOneBoundAndSayHowLongTheyWere(string language, string small, string large, string tooLarge)
    {
        // This server passes on 200,000 bytes of a result, which is less than a text's own bound.
        var context = await ContextAsync(language);
        var whole = await RunAsync(context, small);
        Assert.Equal((20_002, false, null), (Value(whole).Length, (bool)whole["truncated"]!, whole["results"]![0]!["cut"]?.ToJsonString()));
        whole = await RunAsync(context, large);
        Assert.Equal((180_002, false), (Value(whole).Length, (bool)whole["truncated"]!));
        var cut = await RunAsync(context, tooLarge);
        var result = Assert.Single((JsonArray)cut["results"]!)!;
        Assert.Equal((true, null, """{"text":2000000}"""), ((bool)cut["truncated"]!, (string?)result["text"], result["cut"]!.ToJsonString()));
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "raise ValueError('é' * 1000000)")]
    [InlineData("javascript", "throw new Error('é'.repeat(1000000))")]
    public async Task Run_LongErrors_AreCutAndSayHowLongTheyWere(string language, string code)
    {
        var done = await RunAsync(await ContextAsync(language), code);
        var error = done["error"]!;
        Assert.True((bool)done["truncated"]!);
        Assert.Equal((MostText / 2, 2_000_000), (((string)error["value"]!).Length, (int)error["cut"]!["value"]!));
        Assert.True((int)error["cut"]!["traceback"]! > 2_000_000, error["cut"]!.ToJsonString());
        Assert.DoesNotContain('\ufffd', (string)error["value"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_MoreOutputThanIsKept_SaysHowMuchThereWas()
    {
        var done = await RunAsync(await ContextAsync("bash"), "printf é%.0s {1..3000}; printf e%.0s {1..20} >&2", new() { ["maxOutputBytes"] = 1001 });
        Assert.Equal((true, 6000, 20), ((bool)done["truncated"]!, (long)done["stdoutBytes"]!, (long)done["stderrBytes"]!));
        Assert.DoesNotContain('\ufffd', (string)done["stdout"]!);
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "raise ValueError('bad \\udcff and \\ud800 é')", "ValueError", "bad \\udcff and \\ud800 é", "line 1")]
    [InlineData("javascript", "throw new TypeError('bad \\udcff and \\ud800 é')", "TypeError", "bad \\udcff and \\ud800 é", "cell-1.js")]
    public async Task Run_ErrorWithALoneSurrogate_KeepsItsWords(string language, string code, string name, string value, string trace)
    {
        var error = (await RunAsync(await ContextAsync(language), code))["error"]!;
        Assert.Equal((name, value), ((string)error["name"]!, (string)error["value"]!));
        Assert.Contains(trace, (string)error["traceback"]!);
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "['\\ud800', 'é']", "['\\ud800', 'é']")]
    [InlineData("javascript", "['\\ud800', 'é']", "[ '\\uD800', 'é' ]")]
    public async Task Run_ResultWithALoneSurrogate_IsThereInEachRepresentation(string language, string code, string text)
    {
        var done = await RunAsync(await ContextAsync(language), code);
        Assert.Equal(text, Value(done), ignoreCase: true);
        Assert.Equal("\\ud800|é", string.Join('|', done["results"]![0]!["json"]!.AsArray().Select(item => (string)item!)));
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "import os; _ = os.write(1, b'a\\xc3'); _ = os.write(2, b'\\xe2\\x82')")]
    [InlineData("javascript", "fs = require('fs'); fs.writeSync(1, Buffer.from([97, 0xc3])); fs.writeSync(2, Buffer.from([0xe2, 0x82])); undefined")]
    [InlineData("bash", "printf 'a\\xc3'; printf '\\xe2\\x82' >&2")]
    public async Task Run_OutputThatEndsInHalfACharacter_SaysSoAndBreaksNothing(string language, string code)
    {
        var context = await ContextAsync(language);
        var done = await RunAsync(context, code);
        Assert.Equal(("a\ufffd", "\ufffd", 2, 2), ((string)done["stdout"]!, (string)done["stderr"]!, (int)done["stdoutBytes"]!, (int)done["stderrBytes"]!));

        // Half of a character before a result, and the other half after it, are one.
        if (language != "python") return;
        done = await RunAsync(context, "_ = os.write(1, b'\\xc3'); display(1); _ = os.write(1, b'\\xa9')");
        Assert.Equal("é", (string)done["stdout"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_TableWithTwoColumnsOfOneName_KeepsBoth()
    {
        var context = await ContextAsync("python");
        await RunAsync(context, """
            class Column(list):
                def tolist(self): return list(self)
            class DataFrame:
                columns, size = ['a', 'a', 'a.1', 1, '1'], 10
                iloc = type('Cells', (), {'__getitem__': lambda self, at: Column([at[1], at[1] + 10])})()
            DataFrame.__module__ = 'pandas.core.frame'
            """);
        var table = await RunAsync(context, "DataFrame()");
        Assert.Equal("""{"a":[0,10],"a.2":[1,11],"a.1":[2,12],"1":[3,13],"1.1":[4,14]}""", table["results"]![0]!["data"]!.ToJsonString());
        var large = await RunAsync(context, "DataFrame.size = 100001\nDataFrame()");
        Assert.Equal((true, null, """{"data":100001}"""), ((bool)large["truncated"]!, large["results"]![0]!["data"], large["results"]![0]!["cut"]!.ToJsonString()));
        Assert.Null((await RunAsync(context, "{1: 'a', '1': 'b'}"))["results"]![0]!["json"]);
    }
}

using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Atoll.Core.Code;
using Atoll.Core.Code.Interpreters;
using Atoll.Core.Code.Running;
using Atoll.Testing;

namespace Atoll.Core.Tests.Code;

/// <summary>What goes to the interpreters, tried on the host's own.</summary>
public sealed class DriverTests
{
    [Theory]
    [InlineData("it's \\n \"x\" $HOME `id` !!")]
    [InlineData("tab\tline\nbell\a delete\u007f é 漢 \r")]
    [InlineData("")]
    public async Task Quote_ReadByBash_IsTheSameText(string text)
    {
        Requires.Tool("bash");
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8 })!;
        await bash.StandardInput.WriteAsync($"printf %s {BashDriver.Quote(text)}\n");
        bash.StandardInput.Close();
        Assert.Equal(text, await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Request_AsJson_IsOneLineWithEveryField()
    {
        var line = Encoding.UTF8.GetString(PythonDriver.One.Request(new("n", "a\nb", "/tmp", new Dictionary<string, string> { ["K"] = "v" }.ToImmutableDictionary(), "/home", [], 5, "o")));
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        Assert.Equal(("a\nb", "/tmp", "v", "/home", 5), (
            json.RootElement.GetProperty("code").GetString(), json.RootElement.GetProperty("cwd").GetString(), json.RootElement.GetProperty("env").GetProperty("K").GetString(),
            json.RootElement.GetProperty("init").GetProperty("cwd").GetString(), json.RootElement.GetProperty("maxResultBytes").GetInt32()));
    }

    [Fact]
    public void Tag_WrittenAndParsed_IsTheSame()
    {
        foreach (var tag in new[] { new ContextTag(CodeLanguage.Javascript, "abc", "name"), new ContextTag(CodeLanguage.Python, "python@1000:1000", null) })
            Assert.Equal(tag, ContextTag.Parse(tag.ToString()));
        foreach (var other in new[] { null, "", "x", "~code~cobol~id~", "~code~python~~", "~code~python~id", "code~python~id~" }) Assert.Null(ContextTag.Parse(other));
    }
}

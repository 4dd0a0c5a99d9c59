using System.Collections.Immutable;
using Atoll.Core.Code;
using Atoll.Core.Code.Running;
using Atoll.Core.Faults;

namespace Atoll.Core.Tests.Code;

public sealed class CodeRulesTests
{
    private static readonly CodeOptions Options = new();

    [Fact]
    public void Check_EverythingWrong_IsToldAtOnce()
    {
        var fault = CodeRules.Check(
            new CodeRequest
            {
                Code = " ",
                Context = "",
                WorkingDirectory = "relative",
                User = "no user",
                Timeout = TimeSpan.FromDays(2),
                MaxOutputBytes = -1,
                Env = ImmutableDictionary<string, string>.Empty.Add("1A", "x"),
            },
            Options);
        Assert.Equal(FaultCode.InvalidRequest, fault!.Code);
        Assert.Equal(["code", "context", "cwd", "env", "maxOutputBytes", "timeoutSeconds", "user"], fault.Fields.Keys.Order(StringComparer.Ordinal));
    }

    // Not a theory: a lone surrogate does not survive as an argument.
    [Fact]
    public void Check_CodeThatIsNoText_IsRefused() =>
        Assert.All((string[])["a\0b", "\ud800"], code => Assert.NotNull(CodeRules.Check(new CodeRequest { Code = code }, Options)));

    [Theory]
    [InlineData("python")]
    [InlineData("-x")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a~b")]
    public void Check_NamesThatCannotBe_AreRefused(string name) => Assert.Contains("name", CodeRules.Check(new CodeContextRequest { Name = name })!.Fields.Keys);

    [Fact]
    public void Options_Defaults_AreValidAndMistakesAreAllNamed()
    {
        Assert.True(new CodeOptionsValidator().Validate(null, Options).Succeeded);
        var wrong = new CodeOptionsValidator().Validate(null, new() { Prewarm = ["cobol"], MaxContexts = 0, TimeoutSeconds = 1e9, StartSeconds = 0 });
        Assert.Equal(4, wrong.Failures!.Count());
    }
}

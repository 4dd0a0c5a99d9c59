namespace Atoll.EndToEnd.Tests.Demonstrations;

/// <summary>What the README shows, in the default template.</summary>
public sealed class DemonstrationTests(StoryServer story) : IClassFixture<StoryServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Python_InAGVisorSandbox_RunsOnGVisorsKernel()
    {
        var id = await story.CreateAsync("gvisor", Cancelled);
        Assert.Equal("hello 42\n", (string)(await story.Api.ExecAsync(id, "python3 -c 'print(\"hello\", 6 * 7)'", Cancelled))["stdout"]!);
        Assert.Contains("gVisor", (string)(await story.Api.ExecAsync(id, "dmesg", Cancelled, user: "root"))["stdout"]!, StringComparison.Ordinal);
        await story.Api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }

    [Theory]
    [InlineData("gvisor")]
    [InlineData("container")]
    public async Task Tools_OfTheDefaultTemplate_WorkAsTheUser(string isolation)
    {
        var id = await story.CreateAsync(isolation, Cancelled);
        const string script = """
            set -e
            test "$(id -un) $(pwd)" = "user /home/user"
            python3 -m venv --without-pip v && v/bin/python -c 'import ssl, sqlite3'
            pip --version && npm --version && curl --version
            node -e 'console.log("node works")'
            git init -q r && cd r && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first && git log --oneline
            echo 'int main(void) { return 42; }' > m.c && gcc m.c -o m && { ./m || test $? = 42; }
            command -v sudo
            """;
        var done = await story.Api.ExecAsync(id, script, Cancelled);
        Assert.True((int)done["exitCode"]! == 0, done.ToJsonString());
        Assert.Equal("0\n", (string)(await story.Api.ExecAsync(id, "id -u", Cancelled, user: "root"))["stdout"]!);
        await story.Api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }
}

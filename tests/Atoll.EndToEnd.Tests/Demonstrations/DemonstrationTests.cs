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

    /// <summary>Files of two names, mappings, locks, databases: with exclusive access to the root runsc kept a cache of its own for each name, and data was lost.</summary>
    [Theory]
    [InlineData("gvisor")]
    [InlineData("container")]
    public async Task Files_OfTwoNames_AreOneFile(string isolation)
    {
        var id = await story.CreateAsync(isolation, Cancelled);
        using var script = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(FileWork.Script));
        using var put = await story.Api.Http.PutAsync($"/v1/sandboxes/{id}/files?path=/tmp/work.py", script, Cancelled);
        put.EnsureSuccessStatusCode();
        var done = await story.Api.ExecAsync(id, "python3 /tmp/work.py", Cancelled);
        Assert.True((int)done["exitCode"]! == 0 && (string)done["stdout"]! == "", done.ToJsonString());
        await story.Api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }

    /// <summary>What node and Python make of the sandbox's limits: a heap that fits into its memory, as many workers as it has cores.</summary>
    [Theory]
    [InlineData("gvisor")]
    [InlineData("container")]
    public async Task Runtimes_InASmallSandbox_SeeItsMemoryAndCores(string isolation)
    {
        var id = await story.CreateAsync(isolation, Cancelled, new() { ["cpu"] = 1, ["memoryMiB"] = 512 });
        const string node = "node -e 'const os = require(\"os\"); console.log(os.totalmem() >> 20, os.availableParallelism(), os.cpus().length, v8.getHeapStatistics().heap_size_limit >> 20)'";
        const string python = "python3 -c 'import os; print(os.sysconf(\"SC_PHYS_PAGES\") * os.sysconf(\"SC_PAGE_SIZE\") >> 20, os.cpu_count(), len(os.sched_getaffinity(0)))'";
        var seen = ((string)(await story.Api.ExecAsync(id, node, Cancelled))["stdout"]!).Trim().Split(' ');
        Assert.Equal(["512", "1", "1"], seen[..3]);
        Assert.InRange(int.Parse(seen[3], System.Globalization.CultureInfo.InvariantCulture), 64, 512);
        Assert.Equal("512 1 1\n", (string)(await story.Api.ExecAsync(id, python, Cancelled))["stdout"]!);
        await story.Api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Demonstrations;

/// <summary>
/// Users, groups and <c>sudo</c> as on any Linux, on each isolation with the same expectations. A container has the real sudo: what it says is what the helper under gVisor (src/Atoll.Sudo)
/// has to say.
/// </summary>
public abstract class UserTests(StoryServer story, string isolation) : IClassFixture<StoryServer>, IAsyncLifetime
{
    private string _id = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _id = await story.CreateAsync(isolation, Cancelled);

    public async ValueTask DisposeAsync()
    {
        if (_id.Length > 0) await story.Api.DeleteAsync($"/v1/sandboxes/{_id}", CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Accounts_MadeChangedAndRemoved_AreAsAnywhere()
    {
        const string script = """
            set -e
            groupadd builders
            useradd -m -s /bin/bash -G builders ann
            usermod -aG builders user
            echo ann:secret | chpasswd
            passwd -l ann >/dev/null
            chage -M 99 ann
            groupmod -n makers builders
            test "$(su ann -c 'id -un; pwd' | tr '\n' ' ')" = "ann / " || test "$(su - ann -c 'id -un; pwd' | tr '\n' ' ')" = "ann /home/ann "
            id -nG user | grep -qw makers
            if command -v adduser >/dev/null; then adduser --disabled-password --gecos "" bob >/dev/null; userdel -r bob 2>/dev/null; fi
            userdel -r ann 2>/dev/null
            groupdel makers
            ! id ann 2>/dev/null
            echo fine
            """;
        Assert.Equal("fine\n", await RunAsync(script, "root"));
    }

    [Theory]
    [InlineData("sudo id -un", "root\n")]
    [InlineData("sudo -u user id -un; sudo -u '#1000' -- id -un; sudo -nu user id -un; sudo --user=user id -un", "user\nuser\nuser\nuser\n")]
    [InlineData("sudo sh -c 'exit 7'; echo $?; sudo sh -c 'kill -TERM $$'; echo $?; sudo sh -c 'kill -KILL $$'; echo $?", "7\n143\n137\n")]
    [InlineData("echo in | sudo cat; sudo sh -c 'echo out; echo err >&2' 2>/dev/null; sudo cat </dev/null; seq 30000 | sudo cat | cmp - <(seq 30000) && echo same", "in\nout\nsame\n")]
    [InlineData("cd /tmp; sudo pwd; sudo -s pwd; sudo -i pwd; umask 077; sudo sh -c umask; umask 0; sudo sh -c umask", "/tmp\n/tmp\n/root\n0077\n0022\n")]
    [InlineData("FOO=1 sudo sh -c 'echo ${FOO-no}'; FOO=1 sudo -E sh -c 'echo ${FOO-no}'; FOO=1 sudo --preserve-env=FOO sh -c 'echo $FOO'; sudo FOO=2 sh -c 'echo $FOO'", "no\n1\n1\n2\n")]
    [InlineData("sudo sh -c 'echo $HOME $USER $LOGNAME $SHELL $PATH'", "/root root root /bin/bash /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n")]
    [InlineData("sudo sh -c 'echo $SUDO_USER $SUDO_UID $SUDO_GID; echo $SUDO_COMMAND'", "user 1000 1000\n/usr/bin/sh -c echo $SUDO_USER $SUDO_UID $SUDO_GID; echo $SUDO_COMMAND\n")]
    [InlineData("sudo -s echo 'a b' '$HOME' \"it's\"; sudo -i echo 'a b' '$HOME'", "a b /root it's\na b /root\n")]
    [InlineData("sudo nosuch 2>&1; echo $?; sudo -u nosuch id 2>&1 | head -1", "sudo: nosuch: command not found\n1\nsudo: unknown user nosuch\n")]
    [InlineData("sudo -v; echo $?; sudo -k; echo $?; sudo -K; echo $?; sudo -l ls; sudo -l | tail -1 | tr -d ' '", "0\n0\n0\n/usr/bin/ls\n(ALL)NOPASSWD:ALL\n")]
    [InlineData("sudo -b sh -c 'echo later >/tmp/later'; until test -s /tmp/later; do sleep 0.05; done; stat -c %U /tmp/later", "root\n")]
    [InlineData("/usr/bin/sudo id -u; bash -lc 'sudo id -u'; env -i /usr/bin/sudo id -u", "0\n0\n0\n")]
    [InlineData("sudo sh -c 'trap \"echo got; exit 5\" TERM; touch /tmp/ready; sleep 60 & wait' & until test -e /tmp/ready; do sleep 0.05; done; kill -TERM $!; wait $!; echo $?", "got\n5\n")]
    public async Task Sudo_OfTheUser_IsAsSudoIs(string script, string expected) =>
        Assert.Equal(expected, await RunAsync(script, "user"));

    [Fact]
    public async Task Sudo_OfOthers_AsksOrRefusesAsSudoDoes()
    {
        await RunAsync("""
            for name in asked stranger member; do useradd -m $name; echo $name:pw | chpasswd; done
            useradd -m some
            usermod -aG sudo member
            echo 'asked ALL=(ALL) ALL' > /etc/sudoers.d/asked
            printf 'Cmnd_Alias FEW = /usr/bin/id, \\\n  /bin/ls /tmp\nsome ALL=(root) NOPASSWD: FEW # no more\n' > /etc/sudoers.d/some
            chmod 440 /etc/sudoers.d/*
            """, "root");
        const string terminal = "sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required\n";
        Assert.Equal("sudo: a password is required\n" + terminal, await RunAsync("sudo -n id 2>&1; sudo id 2>&1", "asked"));
        Assert.Equal("[sudo] password for asked: root\n", await RunAsync("echo pw | sudo -S id -un 2>&1", "asked"));
        Assert.Equal("[sudo] password for member: root\n", await RunAsync("echo pw | sudo -S id -un 2>&1", "member"));
        Assert.Equal(
            "[sudo] password for asked: Sorry, try again.\n[sudo] password for asked: Sorry, try again.\n[sudo] password for asked: sudo: 3 incorrect password attempts\n1\n",
            await RunAsync("printf 'a\\nb\\nc\\n' | sudo -S id -un 2>&1; echo $?", "asked"));
        Assert.Equal("[sudo] password for stranger: stranger is not in the sudoers file.\n1\n", await RunAsync("echo pw | sudo -S id -un 2>&1; echo $?", "stranger"));
        Assert.Equal("root\n1\n" + terminal, await RunAsync("sudo id -un; sudo ls /tmp >/dev/null && echo 1; sudo ls / 2>&1", "some"));
        Assert.Equal("sudo: sorry, you are not allowed to set the following environment variables: A\n" + "sudo: sorry, you are not allowed to preserve the environment\n",
            await RunAsync("sudo A=1 id 2>&1; sudo -E id 2>&1", "some"));
    }

    /// <summary>In a terminal of the sandbox's own, by a driver that types when it has seen what it waits for.</summary>
    [Fact]
    public async Task Sudo_OnATerminal_HasItsKeysJobsAndExitStatus()
    {
        const string driver = """
            import os, pty, re, select, sys, time
            def until(pattern):
                seen, end = b"", time.monotonic() + 60
                while not re.search(pattern, seen):
                    if time.monotonic() > end: sys.exit("waited in vain for %r, saw %r" % (pattern, seen))
                    if select.select([terminal], [], [], 1)[0]: seen += os.read(terminal, 4096)
            child, terminal = pty.fork()
            if child == 0: os.execvpe("bash", ["bash", "--norc", "-i"], dict(os.environ, PS1="> "))
            def say(text, answer):
                os.write(terminal, text.encode())
                until(answer)
            until(rb"> $")
            say("sudo sh -c 'test -t 0 -a -t 1 -a -t 2 && echo all-$((40+2))'; echo ended-$?\n", rb"all-42\s+ended-0")
            say("sudo sh -c 'echo go-$((40+2)); exec sleep 1000'\n", rb"go-42")
            say("\x03", rb"> $")
            say("echo ended-$?\n", rb"ended-130")
            # Not in the foreground: a shell that has just made a process by vfork stands still with it, and nobody is told.
            say("sudo sh -c 'sleep 2 & echo go-$((40+2)); wait; echo over-$((1+1))'\n", rb"go-42")
            say("\x1a", rb"Stopped[\s\S]*> $")
            say("fg; echo ended-$?\n", rb"over-2\s+ended-0")
            say("sudo -s\n", rb"# $")
            say("echo $((40+2))-$(id -un)\n", rb"42-root")
            say("exit 3\n", rb"> $")
            say("echo ended-$?\n", rb"ended-3")
            say("echo hi | sudo cat | tr h H\n", rb"Hi")
            print("fine")
            """;
        var wrote = await story.Api.PostAsync($"/v1/sandboxes/{_id}/exec", new JsonObject { ["argv"] = new JsonArray("sh", "-c", "printf %s \"$1\" >/tmp/driver.py", "sh", driver) }, Cancelled);
        Assert.Equal(0, (int)wrote.Json!["exitCode"]!);
        Assert.Equal("fine\n", await RunAsync("python3 /tmp/driver.py", "user"));
    }

    /// <summary>An exec whose time is up takes along what it had started as root.</summary>
    [Fact]
    public async Task Sudo_WhoseCallerIsEnded_EndsItsCommand()
    {
        var length = Random.Shared.Next(100_000, 999_999).ToString(CultureInfo.InvariantCulture);
        var done = await story.Api.PostAsync($"/v1/sandboxes/{_id}/exec", new JsonObject { ["command"] = $"sudo sleep {length}", ["timeoutSeconds"] = 2 }, Cancelled);
        Assert.True((bool)done.Json!["timedOut"]!, done.Text);
        await Eventually.HoldsAsync("the command has ended", async () => await RunAsync($"pgrep -f '[s]leep {length}'; true", "root") == "", Cancelled);
    }

    private protected async Task<string> RunAsync(string script, string user)
    {
        var body = new JsonObject { ["argv"] = new JsonArray("bash", "-c", script), ["user"] = user };
        var answer = await story.Api.PostAsync($"/v1/sandboxes/{_id}/exec", body, Cancelled);
        Assert.True(answer.Json is not null, answer.Text);
        var error = (string)answer.Json["stderr"]!;
        if (error.Length > 0) TestContext.Current.TestOutputHelper?.WriteLine(error);
        return (string)answer.Json["stdout"]!;
    }

    public sealed class Container(StoryServer story) : UserTests(story, "container");

    public sealed class GVisor(StoryServer story) : UserTests(story, "gvisor")
    {
        /// <summary>Who a caller is says the kernel, and a request that is none is no request.</summary>
        [Fact]
        public async Task SudoHelper_ForgedOrBrokenRequests_GiveNothing()
        {
            const string attack = """
                import os, socket, struct
                def call(data, credentials=None, close=False):
                    link = socket.socket(socket.AF_UNIX)
                    link.settimeout(30)
                    try:
                        link.connect("\0atoll/sudo")
                    except ConnectionRefusedError:
                        return "none"
                    try:
                        link.sendmsg([data], [] if credentials is None else [(socket.SOL_SOCKET, 2, struct.pack("3i", *credentials))])
                        if close: link.shutdown(socket.SHUT_WR)
                        return link.recv(100) or "closed"
                    except PermissionError:
                        return "refused"
                    except ConnectionError:
                        return "closed"
                head = struct.pack("6I3Q", 1, 2, 0, 11, 0, 0, 0, 0, 0)
                print(call(head + b"/\0sudo\0id\0", (os.getpid(), 0, 0)), call(head + b"/\0sudo\0id\0", (1, 1000, 1000)))
                print(call(b"x" * 1000), call(struct.pack("6I3Q", 1, 2**32 - 1, 2**32 - 1, 2**32 - 1, 0, 15, 0, 0, 0)), call(struct.pack("6I3Q", 1, 90, 9, 100, 0, 15, 0, 0, 0) + b"x" * 100), call(b"", close=True))
                """;
            Assert.SkipWhen(await RunAsync("python3 -c 'import ctypes; print(ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))'", "user") == "0\n", "this runsc has set-user-ID programs");
            Assert.Equal("refused refused\nclosed closed closed closed\n", await RunAsync($"python3 - <<'E'\n{attack}\nE", "user"));
            Assert.Equal("root\n", await RunAsync("sudo id -un", "user"));
        }

        /// <summary>The helper's place to call is the sandbox's own, and comes back with its memory.</summary>
        [Fact]
        public async Task Sudo_InAForkOfSavedMemory_StillWorks()
        {
            Assert.Equal("root\n", await RunAsync("sudo id -un", "user"));
            var saved = await Api.PostAsync($"/v1/sandboxes/{Sandbox}/checkpoints", new JsonObject { ["kind"] = "full" }, Cancelled);
            Assert.True(saved.Json?["id"] is not null, saved.Text);
            var restored = await Api.PostAsync($"/v1/sandboxes/{Sandbox}/restore", new JsonObject { ["checkpoint"] = (string)saved.Json!["id"]! }, Cancelled);
            Assert.True((int)restored.Status < 300, restored.Text);
            Assert.Equal("root\n", await RunAsync("sudo id -un", "user"));
        }
    }

    private protected string Sandbox => _id;

    private protected Api Api => story.Api;
}
